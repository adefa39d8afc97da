"""What a Table Schema cannot say of entities: a name is given once, a description is one sentence."""

import pandera.polars as pa
import polars as pl


def name_is_given_once(data: pa.PolarsData) -> pl.LazyFrame:
    """No two entities bear the same name, whatever the capitals."""
    name = pl.col("name").str.to_lowercase()
    return data.lazyframe.select((pl.len().over(name) == 1).alias("fine"))


def description_is_one_sentence(data: pa.PolarsData) -> pl.LazyFrame:
    """A description ends with a full stop and holds no second sentence."""
    description = pl.col("description").fill_null("")
    fine = description.str.ends_with(".") & ~description.str.contains(r"[.!?]\s+\p{Lu}")
    return data.lazyframe.select(fine.alias("fine"))


CHECKS = [
    pa.Check(
        name_is_given_once,
        name="name_is_given_once",
        error="expected a name no other entity has; use the entity that is there, or name the two things apart",
    ),
    pa.Check(
        description_is_one_sentence,
        name="description_is_one_sentence",
        error="expected one sentence with a full stop at its end; shorten or join the description",
    ),
]
