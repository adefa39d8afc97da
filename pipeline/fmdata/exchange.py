"""Rows handed from polars to DuckDB and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import polars as pl

from fmdata.arrow import ArrowStream
from fmdata.sql import count


@contextmanager
def scanned(con: duckdb.DuckDBPyConnection, view: str, rows: pl.DataFrame) -> Iterator[None]:
    """Let queries find some rows under a name. What fails meanwhile leaves them there: its connection ends with it."""
    con.register(view, ArrowStream(rows))
    yield
    con.unregister(view)


def frame(rows: duckdb.DuckDBPyRelation) -> pl.DataFrame:
    """All rows of a query."""
    return pl.DataFrame(ArrowStream(rows))


def slices(con: duckdb.DuckDBPyConnection, columns: str, table: str, size: int) -> Iterator[pl.DataFrame]:
    """The rows of a table in their order, so many at a time."""
    for start in range(0, count(con, table), size):
        end = start + size
        yield frame(con.sql(f"SELECT {columns} FROM {table} WHERE rowid >= {start} AND rowid < {end} ORDER BY rowid"))
