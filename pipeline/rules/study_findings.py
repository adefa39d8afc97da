"""Rules for study findings across columns: a number has a unit and says that it was reported."""

import polars as pl

from fmdata.checks import row_rule, same_source, status_agrees, table_rule

CHECKS = [
    status_agrees("value_status", "value"),
    row_rule(
        "value_has_a_unit",
        pl.col("value").is_null() == pl.col("unit").is_null(),
        "expected value and unit both filled or both blank; add the unit, or clear it",
    ),
    row_rule(
        "lead_stands_before",
        (pl.col("_lead_line") < pl.col("_at_line")).fill_null(True),
        "expected lead_line to be a line before line; name the line that leads into the list, or leave it blank",
    ),
    table_rule(
        "finding_stands_once",
        pl.len().over("study_id", "entity_id", "direction", "outcome", "passage_id") == 1,
        "expected each result once for each place; remove the repeated finding",
    ),
    same_source(
        "study_is_of_this_article",
        "_study_source_id",
        "_source_id",
        "expected a study of the article that the row is taken from; correct study_id, or enter the study in the article's own studies.csv",
    ),
]
