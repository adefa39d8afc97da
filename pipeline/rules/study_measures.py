"""Rules for study measures: an outcome is not made of itself."""

import polars as pl

from fmdata.checks import row_rule, same_source

CHECKS = [
    row_rule(
        "measure_is_not_the_outcome",
        pl.col("measure_id") != pl.col("outcome_id"),
        "expected a part of the outcome; correct label or outcome_label",
    ),
    same_source(
        "study_is_of_this_article",
        "_study_source_id",
        "_source_id",
        "expected a study of the article that the row is taken from; correct study_id, or enter the study in the article's own studies.csv",
    ),
]
