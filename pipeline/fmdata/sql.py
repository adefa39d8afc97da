"""SQL text and single values: what every stage that speaks to DuckDB needs."""

from __future__ import annotations

from typing import Any

import duckdb


def literal(text: object) -> str:
    """A SQL string literal."""
    return "'" + str(text).replace("'", "''") + "'"


def name(identifier: str) -> str:
    """A quoted SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def scalar(con: duckdb.DuckDBPyConnection, query: str) -> Any:
    """The one value of a query. Results stream in DuckDB 2: this drains them, so that the next query may run."""
    return con.execute(query).fetchall()[0][0]


def count(con: duckdb.DuckDBPyConnection, relation: str) -> int:
    """The number of rows of a table, view or parenthesised query."""
    return int(scalar(con, f"SELECT count(*) FROM {relation}"))
