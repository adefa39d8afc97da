"""Rules for what goes with inflammation in a brain region: sides are data, and a region is not an outcome."""

import polars as pl

from fmdata.checks import row_rule

CHECKS = [
    row_rule(
        "side_is_cut_off",
        ~pl.col("_region_label").str.contains(r"(?i)\b(left|right|bilateral)\b"),
        "expected a side only as the first word of the label, left or right; enter one row for each side",
    ),
    row_rule(
        "outcome_is_not_the_region",
        pl.col("outcome_id") != pl.col("region_id"),
        "expected an outcome such as a pain score; correct outcome_label or label",
    ),
]
