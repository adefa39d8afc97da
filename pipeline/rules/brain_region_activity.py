"""Rules for the activity of brain regions: sides are data, and an item follows the lead of its list."""

import pandera.polars as pa
import polars as pl


def side_is_cut_off(data: pa.PolarsData) -> pl.LazyFrame:
    """No side is left in the name of the region: left and right stand in laterality alone."""
    side_left = pl.col("_region_label").str.contains(r"(?i)\b(left|right|bilateral)\b")
    return data.lazyframe.select((~side_left).fill_null(False))


def lead_stands_before(data: pa.PolarsData) -> pl.LazyFrame:
    """The lead of a list stands before its item, and is another line."""
    return data.lazyframe.select((pl.col("_lead_line") < pl.col("_at_line")).fill_null(True))


CHECKS = [
    pa.Check(
        side_is_cut_off,
        name="side_is_cut_off",
        error="expected a side only as the first word of the label, left or right; enter one row for each side",
    ),
    pa.Check(
        lead_stands_before,
        name="lead_stands_before",
        error=(
            "expected lead_line to be a line before line; name the line that leads into the list, or leave it blank"
        ),
    ),
]
