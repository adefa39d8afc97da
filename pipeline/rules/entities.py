"""What a Table Schema cannot say of entities: a name is given once, a description is one sentence."""

import polars as pl

from fmdata.checks import row_rule, table_rule

DESCRIPTION = pl.col("description")

CHECKS = [
    table_rule(
        "name_is_given_once",
        pl.len().over(pl.col("name").str.to_lowercase()) == 1,
        "expected a name no other entity has; use the entity that is there, or name the two things apart",
    ),
    row_rule(
        "description_is_one_sentence",
        DESCRIPTION.str.ends_with(".") & ~DESCRIPTION.str.contains(r"[.!?]\s+\p{Lu}"),
        "expected one sentence with a full stop at its end; shorten or join the description",
    ),
]
