"""Rules for trees."""

import pandera.polars as pa
import polars as pl


def label_is_lower_case(data):
    return data.lazyframe.select(pl.col("label").str.to_lowercase() == pl.col("label"))


CHECKS = [pa.Check(lambda data: label_is_lower_case(data), error="expected x")]
