"""Rules for symptoms across columns: a symptom is not its condition, and an item follows the lead of its list."""

import pandera.polars as pa
import polars as pl


def lead_stands_before(data: pa.PolarsData) -> pl.LazyFrame:
    """The lead of a list stands before its item, and is another line."""
    return data.lazyframe.select((pl.col("_lead_line") < pl.col("_at_line")).fill_null(True))


def symptom_is_not_the_condition(data: pa.PolarsData) -> pl.LazyFrame:
    """The symptom is something other than the condition."""
    return data.lazyframe.select((pl.col("symptom_id") != pl.col("condition_id")).fill_null(False))


CHECKS = [
    pa.Check(
        lead_stands_before,
        name="lead_stands_before",
        error=(
            "expected lead_line to be a line before line; name the line that leads into the list, or leave it blank"
        ),
    ),
    pa.Check(
        symptom_is_not_the_condition,
        name="symptom_is_not_the_condition",
        error="expected a symptom; correct symptom_id or label",
    ),
]
