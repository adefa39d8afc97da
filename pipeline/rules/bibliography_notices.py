"""What a notice about a cited work must be."""

import pandera.polars as pa
import polars as pl


def notice_positions_have_no_gap(data: pa.PolarsData) -> pl.LazyFrame:
    """In each reference the positions are 1, 2, 3 … without a gap or a repetition."""
    rank = pl.col("position").rank("ordinal").over("reference_id")
    return data.lazyframe.select((rank == pl.col("position")).fill_null(False))


def notice_locator_is_found(data: pa.PolarsData) -> pl.LazyFrame:
    """A notice stands on pages or under an article number; pages run from a first to a last one."""
    parts = r"^[A-Za-z]*([0-9]+)(?:-[A-Za-z]*([0-9]+))?$"
    first = pl.col("locator").str.extract(parts, 1).cast(pl.Int64, strict=False)
    last = pl.col("locator").str.extract(parts, 2).cast(pl.Int64, strict=False).fill_null(first)
    return data.lazyframe.select((first <= last).fill_null(False))


CHECKS = [
    pa.Check(
        notice_positions_have_no_gap,
        name="notice_positions_have_no_gap",
        error="expected the positions 1, 2, 3 … of a reference without gap or repetition; "
        "correct pipeline/tables/bibliography_notices.sql",
    ),
    pa.Check(
        notice_locator_is_found,
        name="notice_locator_is_found",
        error="expected a page, pages such as 401-404 or an article number inside the notice's brackets; "
        "compare the citation with the article",
    ),
]
