"""Rules for study measures: an outcome is not made of itself."""

import pandera.polars as pa
import polars as pl


def measure_is_not_the_outcome(data: pa.PolarsData) -> pl.LazyFrame:
    """The measure is something other than the outcome it is part of."""
    return data.lazyframe.select((pl.col("measure_id") != pl.col("outcome_id")).fill_null(False))


CHECKS = [
    pa.Check(
        measure_is_not_the_outcome,
        name="measure_is_not_the_outcome",
        error="expected a part of the outcome; correct label or outcome_label",
    ),
]
