"""Rules for the components of neuroinflammation: an item follows the lead of its list."""

import pandera.polars as pa
import polars as pl


def lead_stands_before(data: pa.PolarsData) -> pl.LazyFrame:
    """The lead of a list stands before its item, and is another line."""
    return data.lazyframe.select((pl.col("_lead_line") < pl.col("_at_line")).fill_null(True))


def label_is_a_term(data: pa.PolarsData) -> pl.LazyFrame:
    """A label is the term before the colon, without its explanation."""
    return data.lazyframe.select((~pl.col("label").str.contains(":", literal=True)).fill_null(False))


def one_lead_one_system(data: pa.PolarsData) -> pl.LazyFrame:
    """The items under one lead belong to one system."""
    systems = pl.col("system").n_unique().over("lead_passage_id")
    return data.lazyframe.select(pl.col("lead_passage_id").is_null() | (systems == 1))


CHECKS = [
    pa.Check(
        lead_stands_before,
        name="lead_stands_before",
        error=(
            "expected lead_line to be a line before line; name the line that leads into the list, or leave it blank"
        ),
    ),
    pa.Check(
        label_is_a_term,
        name="label_is_a_term",
        error="expected the term before the colon alone; cut off what follows it",
    ),
    pa.Check(
        one_lead_one_system,
        name="one_lead_one_system",
        error="expected one system for all items under the same lead; correct system or lead_line",
    ),
]
