"""Rules for study findings across columns: a number has a unit and says that it was reported."""

import pandera.polars as pa
import polars as pl


def value_status_is_true(data: pa.PolarsData) -> pl.LazyFrame:
    """The status says `reported` exactly where value is filled."""
    return data.lazyframe.select(
        ((pl.col("value_status") == "reported") == pl.col("value").is_not_null()).fill_null(False)
    )


def value_has_a_unit(data: pa.PolarsData) -> pl.LazyFrame:
    """A value and its unit stand together."""
    return data.lazyframe.select(pl.col("value").is_null() == pl.col("unit").is_null())


def lead_stands_before(data: pa.PolarsData) -> pl.LazyFrame:
    """The lead of a list stands before its item, and is another line."""
    return data.lazyframe.select((pl.col("_lead_line") < pl.col("_at_line")).fill_null(True))


def finding_stands_once(data: pa.PolarsData) -> pl.LazyFrame:
    """The same result is not taken twice from the same place."""
    place = ["study_id", "entity_id", "direction", "outcome", "passage_id"]
    return data.lazyframe.select(pl.len().over(place) == 1)


CHECKS = [
    pa.Check(
        value_status_is_true,
        name="value_status_is_true",
        error=(
            "expected value_status `reported` where value is filled and another status where it is blank; correct "
            "one of the two"
        ),
    ),
    pa.Check(
        value_has_a_unit,
        name="value_has_a_unit",
        error="expected value and unit both filled or both blank; add the unit, or clear it",
    ),
    pa.Check(
        lead_stands_before,
        name="lead_stands_before",
        error=(
            "expected lead_line to be a line before line; name the line that leads into the list, or leave it blank"
        ),
    ),
    pa.Check(
        finding_stands_once,
        name="finding_stands_once",
        error="expected each result once for each place; remove the repeated finding",
    ),
]
