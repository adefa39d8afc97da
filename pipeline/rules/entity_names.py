"""What a Table Schema cannot say of entity_names: which names must mean one thing, and which have a place."""

import polars as pl

from fmdata.checks import row_rule, table_rule

# Names by which extracts are resolved.
RESOLVES = pl.col("name_type").is_in(("as_written", "generic"))
MEANT = pl.when(RESOLVES).then(pl.col("entity_id"))

CHECKS = [
    table_rule(
        "resolving_name_means_one_thing",
        ~RESOLVES | (MEANT.drop_nulls().n_unique().over("name") == 1),
        "expected a name that belongs to one entity; take it away from the other entity, or make it a synonym there",
    ),
    # A synonym is a curator's and stands nowhere; every other name stands in an article.
    row_rule(
        "synonym_alone_has_no_place",
        (pl.col("name_type") == "synonym") == pl.col("passage_id").is_null(),
        "expected a place for a name taken from an article and none for a synonym; give source_id and line, or change name_type",
    ),
]
