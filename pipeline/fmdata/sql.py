"""SQL text and single values: what every stage that speaks to DuckDB needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from fmdata.errors import FmdataError


def literal(text: object) -> str:
    """A SQL string literal."""
    return "'" + str(text).replace("'", "''") + "'"


def name(identifier: str) -> str:
    """A quoted SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def scalar(con: duckdb.DuckDBPyConnection, query: str) -> Any:
    """The one value of a query. Results stream in DuckDB 2: this drains them, so that the next query may run."""
    return con.execute(query).fetchall()[0][0]


def drained(result: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    """The rows of a result one by one, some thousands of them in memory at a time."""
    while rows := result.fetchmany(10_000):
        yield from rows


def parse(text: str, place: str) -> list[duckdb.Statement]:
    """The statements of a SQL text. Raises `FmdataError`, naming `place`, when it cannot be parsed."""
    try:
        return list(duckdb.extract_statements(text))
    except duckdb.Error as error:
        raise FmdataError(f"{place}: not SQL that DuckDB understands. {error}") from None


def one_select(text: str, place: str) -> str:
    """`text` without its end, if it is one SELECT. Raises `FmdataError`, naming `place`, for anything else."""
    statements = parse(text, place)
    if [s.type for s in statements] != [duckdb.StatementType.SELECT]:
        kinds = ", ".join(s.type.name for s in statements) or "nothing"
        raise FmdataError(f"{place}: found {kinds}; expected one SELECT.")
    return str(statements[0].query).strip().rstrip(";")


@contextmanager
def interruptible() -> Iterator[None]:
    """Ctrl-C is a KeyboardInterrupt wherever it strikes; DuckDB has exceptions of its own for it."""
    try:
        yield
    except duckdb.InterruptException:
        raise KeyboardInterrupt from None
    except RuntimeError as error:
        if str(error) == "Query interrupted":
            raise KeyboardInterrupt from None
        raise


def count(con: duckdb.DuckDBPyConnection, relation: str) -> int:
    """The number of rows of a table, view or parenthesised query."""
    return int(scalar(con, f"SELECT count(*) FROM {relation}"))
