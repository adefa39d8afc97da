"""What a notice about a cited work must be."""

import polars as pl

from fmdata.checks import numbered_without_gap, row_rule, table_rule

# Pages run from a first to a last one; a single page or an article number is both.
FIRST, LAST = (
    pl.col("locator").str.extract(r"^[A-Za-z]*([0-9]+)(?:-[A-Za-z]*([0-9]+))?$", group).cast(pl.Int64, strict=False)
    for group in (1, 2)
)

CHECKS = [
    table_rule(
        "notice_positions_have_no_gap",
        numbered_without_gap("position", within="reference_id"),
        "expected the positions 1, 2, 3 … of a reference without gap or repetition; correct pipeline/tables/bibliography_notices.sql",
    ),
    row_rule(
        "notice_locator_is_found",
        LAST.fill_null(FIRST) >= FIRST,
        "expected a page, pages such as 401-404 or an article number inside the notice's brackets; compare the citation with the article",
    ),
]
