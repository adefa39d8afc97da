"""Rules for the components of neuroinflammation: an item follows the lead of its list."""

import polars as pl

from fmdata.checks import row_rule, table_rule

CHECKS = [
    row_rule(
        "lead_stands_before",
        (pl.col("_lead_line") < pl.col("_at_line")).fill_null(True),
        "expected lead_line to be a line before line; name the line that leads into the list, or leave it blank",
    ),
    row_rule(
        "label_is_a_term",
        ~pl.col("label").str.contains(":", literal=True),
        "expected the term before the colon alone; cut off what follows it",
    ),
    table_rule(
        "one_lead_one_system",
        pl.col("lead_passage_id").is_null() | (pl.col("system").n_unique().over("lead_passage_id") == 1),
        "expected one system for all items under the same lead; correct system or lead_line",
    ),
]
