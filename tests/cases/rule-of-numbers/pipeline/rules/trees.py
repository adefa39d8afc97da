"""Rules for trees."""

import pandera.polars as pa
import polars as pl


def label_is_lower_case(data):
    return data.lazyframe.select(pl.col("id") - 1)


CHECKS = [pa.Check(label_is_lower_case, name="label_is_lower_case", error="expected a label in lower case; rewrite it")]
