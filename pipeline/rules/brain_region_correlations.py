"""Rules for what goes with inflammation in a brain region: sides are data, and a region is not an outcome."""

import pandera.polars as pa
import polars as pl


def side_is_cut_off(data: pa.PolarsData) -> pl.LazyFrame:
    """No side is left in the name of the region: left and right stand in laterality alone."""
    side_left = pl.col("_region_label").str.contains(r"(?i)\b(left|right|bilateral)\b")
    return data.lazyframe.select((~side_left).fill_null(False))


def outcome_is_not_the_region(data: pa.PolarsData) -> pl.LazyFrame:
    """The outcome is something other than the region."""
    return data.lazyframe.select((pl.col("outcome_id") != pl.col("region_id")).fill_null(False))


CHECKS = [
    pa.Check(
        side_is_cut_off,
        name="side_is_cut_off",
        error="expected a side only as the first word of the label, left or right; enter one row for each side",
    ),
    pa.Check(
        outcome_is_not_the_region,
        name="outcome_is_not_the_region",
        error="expected an outcome such as a pain score; correct outcome_label or label",
    ),
]
