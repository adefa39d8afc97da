"""Rules for study measures: an outcome is not made of itself."""

import polars as pl

from fmdata.checks import row_rule

CHECKS = [
    row_rule(
        "measure_is_not_the_outcome",
        pl.col("measure_id") != pl.col("outcome_id"),
        "expected a part of the outcome; correct label or outcome_label",
    ),
]
