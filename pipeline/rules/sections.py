"""Rules for sections across rows: ranges are in order and nest like their headings."""

import pandera.polars as pa
import polars as pl


def lines_in_order(data: pa.PolarsData) -> pl.LazyFrame:
    """A section does not end before it starts."""
    return data.lazyframe.select((pl.col("line_start") <= pl.col("line_end")).fill_null(False))


def ends_inside_the_capture(data: pa.PolarsData) -> pl.LazyFrame:
    """A section does not run past the last line of the capture."""
    return data.lazyframe.select((pl.col("line_end") <= pl.col("_capture_lines")).fill_null(False))


def parent_encloses_section(data: pa.PolarsData) -> pl.LazyFrame:
    """The parent is the smallest section of the article that holds all lines of this one."""
    parent = pl.col("parent_section_id").eq_missing(pl.col("_enclosing_section_id"))
    return data.lazyframe.select(parent)


def sections_do_not_cross(data: pa.PolarsData) -> pl.LazyFrame:
    """Two sections that share lines lie one inside the other."""
    return data.lazyframe.select((pl.col("_crossing_sections") == 0).fill_null(False))


def range_is_its_own(data: pa.PolarsData) -> pl.LazyFrame:
    """No two sections of an article have the same range."""
    return data.lazyframe.select(pl.len().over(["source_id", "line_start", "line_end"]) == 1)


CHECKS = [
    pa.Check(
        lines_in_order,
        name="lines_in_order",
        error="expected line_start on or before line_end; correct the range",
    ),
    pa.Check(
        ends_inside_the_capture,
        name="ends_inside_the_capture",
        error="expected line_end at most the capture_lines of the source; correct the range",
    ),
    pa.Check(
        parent_encloses_section,
        name="parent_encloses_section",
        error=(
            "expected parent_section_id to be the smallest section that encloses this one, blank where none does; "
            "correct the parent or the ranges"
        ),
    ),
    pa.Check(
        sections_do_not_cross,
        name="sections_do_not_cross",
        error="expected sections to nest or to stand apart; end one section before the next begins",
    ),
    pa.Check(
        range_is_its_own,
        name="range_is_its_own",
        error="expected a range of lines of its own for each section; join the two sections or correct a range",
    ),
]
