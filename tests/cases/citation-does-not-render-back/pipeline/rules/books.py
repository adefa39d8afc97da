"""Rules for trees."""

import pandera.polars as pa
import polars as pl


def citation_renders_back(data):
    return data.lazyframe.select(pl.format("{}. {}. {}.", "author", "title", "year").eq_missing(pl.col("_as_written")))


CHECKS = [pa.Check(citation_renders_back, name="citation_renders_back", error="expected the parsed fields to give the citation as written; correct the parsing")]
