"""Rules for the activity of brain regions: sides are data, and an item follows the lead of its list."""

import polars as pl

from fmdata.checks import row_rule, same_source

CHECKS = [
    row_rule(
        "side_is_cut_off",
        ~pl.col("_region_label").str.contains(r"(?i)\b(left|right|bilateral)\b"),
        "expected a side only as the first word of the label, left or right; enter one row for each side",
    ),
    row_rule(
        "lead_stands_before",
        (pl.col("_lead_line") < pl.col("_at_line")).fill_null(True),
        "expected lead_line to be a line before line; name the line that leads into the list, or leave it blank",
    ),
    same_source(
        "study_is_of_this_article",
        "_study_source_id",
        "_source_id",
        "expected a study of the article that the row is taken from; correct study_id, or enter the study in the article's own studies.csv",
    ),
]
