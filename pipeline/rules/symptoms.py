"""Rules for symptoms across columns: a symptom is not its condition, and an item follows the lead of its list."""

import polars as pl

from fmdata.checks import row_rule

CHECKS = [
    row_rule(
        "lead_stands_before",
        (pl.col("_lead_line") < pl.col("_at_line")).fill_null(True),
        "expected lead_line to be a line before line; name the line that leads into the list, or leave it blank",
    ),
    row_rule(
        "symptom_is_not_the_condition",
        pl.col("symptom_id") != pl.col("condition_id"),
        "expected a symptom; correct symptom_id or label",
    ),
]
