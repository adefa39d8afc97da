"""What a Table Schema cannot say of entity_names: which names must mean one thing, and which have a place."""

import pandera.polars as pa
import polars as pl

RESOLVING = ("as_written", "generic")


def resolving_name_means_one_thing(data: pa.PolarsData) -> pl.LazyFrame:
    """A name by which extracts are resolved, as written or generic, belongs to one entity only."""
    resolves = pl.col("name_type").is_in(RESOLVING)
    meant = pl.when(resolves).then(pl.col("entity_id"))
    entities = meant.drop_nulls().n_unique().over("name")
    return data.lazyframe.select((~resolves | (entities == 1)).fill_null(False).alias("fine"))


def synonym_alone_has_no_place(data: pa.PolarsData) -> pl.LazyFrame:
    """A synonym is a curator's and stands nowhere; every other name stands in an article."""
    synonym = pl.col("name_type") == "synonym"
    return data.lazyframe.select((synonym == pl.col("passage_id").is_null()).fill_null(False).alias("fine"))


CHECKS = [
    pa.Check(
        resolving_name_means_one_thing,
        name="resolving_name_means_one_thing",
        error="expected a name that belongs to one entity; take it away from the other entity, or make it a synonym there",
    ),
    pa.Check(
        synonym_alone_has_no_place,
        name="synonym_alone_has_no_place",
        error="expected a place for a name taken from an article and none for a synonym; "
        "give source_id and line, or change name_type",
    ),
]
