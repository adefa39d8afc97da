"""Rules for source issues: an issue of a certain kind points at a line of the kind it is about."""

import pandera.polars as pa
import polars as pl

# The kind of passage that an issue of this kind has to point at.
PLACES = {
    "lost_list": "list_lead",
    "orphan_footnote": "footnote",
    "lost_illustration": "caption",
    "missing_doi": "reference",
    "correction_notice": "reference",
}


def issue_points_at_its_kind_of_line(data: pa.PolarsData) -> pl.LazyFrame:
    """A lost list points at its lead, a footnote issue at the footnote, an issue of a reference at the reference."""
    expected = pl.col("kind").replace_strict(PLACES, default=None, return_dtype=pl.String)
    return data.lazyframe.select((expected.is_null() | (pl.col("_passage_kind") == expected)).fill_null(False))


def issue_stands_once(data: pa.PolarsData) -> pl.LazyFrame:
    """The same kind of issue is not described twice in the same words for the same place."""
    place = ["source_id", "passage_id", "kind", "description"]
    return data.lazyframe.select(pl.len().over(place) == 1)


def handling_is_not_the_description(data: pa.PolarsData) -> pl.LazyFrame:
    """What was done is said in words of its own."""
    return data.lazyframe.select((pl.col("handling") != pl.col("description")).fill_null(False))


CHECKS = [
    pa.Check(
        issue_points_at_its_kind_of_line,
        name="issue_points_at_its_kind_of_line",
        error=(
            "expected the issue to point at a line of the kind it is about: a list lead, footnote, reference or "
            "caption; correct line or kind"
        ),
    ),
    pa.Check(
        issue_stands_once,
        name="issue_stands_once",
        error="expected each issue once; remove the repeated row",
    ),
    pa.Check(
        handling_is_not_the_description,
        name="handling_is_not_the_description",
        error="expected handling to say what was done about the issue; the description stands in its own column",
    ),
]
