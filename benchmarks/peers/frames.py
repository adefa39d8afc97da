"""The synthetic extracts as whole eager polars frames, for the peers that check such frames.

A clean file is read typed at once, which is the fastest way there is and proves its types. Only a file that cannot be
is read as text, its cells cast, and the rows that have a cell of another type counted and left out.
"""

from __future__ import annotations

import operator
from functools import reduce
from pathlib import Path

import polars as pl
from contract import COLUMNS

TYPES = {"value": pl.Float64(), "year": pl.Int64(), "reviewed": pl.Boolean()}
SCHEMA = {column: TYPES.get(column, pl.String()) for column in COLUMNS}
GROUPS = {"group_id": pl.String(), "name": pl.String()}


def read(path: Path) -> tuple[pl.DataFrame, int]:
    """The records of a file, typed, and how many others are not in the frame because of a cell of another type."""
    try:
        return pl.read_csv(path, schema=SCHEMA), 0
    except pl.exceptions.ComputeError:
        text = pl.read_csv(path, schema=dict.fromkeys(COLUMNS, pl.String()))
    cast = [_cast(column, kind).alias(f"_{column}") for column, kind in TYPES.items()]
    lost = [pl.col(column).is_not_null() & pl.col(f"_{column}").is_null() for column in TYPES]
    typed = text.with_columns(cast).filter(~reduce(operator.or_, lost))
    typed = typed.with_columns(pl.col(f"_{column}").alias(column) for column in TYPES).select(COLUMNS)
    return typed, len(text) - len(typed)


def _cast(column: str, kind: pl.DataType) -> pl.Expr:
    if kind == pl.Boolean():
        return pl.col(column).replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
    return pl.col(column).cast(kind, strict=False)
