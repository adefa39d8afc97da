"""Rules for what goes with inflammation in a brain region: sides are data, and a region is not an outcome."""

import polars as pl

from fmdata.checks import row_rule, same_source

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
    same_source(
        "study_is_of_this_article",
        "_study_source_id",
        "_source_id",
        "expected a study of the article that the row is taken from; correct study_id, or enter the study in the article's own studies.csv",
    ),
]
