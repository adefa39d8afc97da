"""SQL text and single values: what every stage that speaks to DuckDB needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from fmdata.errors import FmdataError

# What a run may use in all, in bytes, if nobody says otherwise.
MEMORY = 1_400_000_000


@dataclass(frozen=True)
class Room:
    """What DuckDB may use: `memory`, in bytes, and the folder `scratch` for what does not fit in it."""

    memory: int
    scratch: Path

    def part(self, share: float) -> Room:
        """A part of the memory, with the same folder."""
        return Room(int(self.memory * share), self.scratch)


def room(memory: int, beside: int, least: int, scratch: Path) -> Room:
    """What is left for DuckDB of `memory` bytes when the program takes `beside` them, if it is at `least` so much.

    Raises `FmdataError` if it is less.
    """
    if memory < beside + least:
        found, needed = (f"{size / 1e6:,.0f} MB" for size in (memory, beside + least))
        raise FmdataError(f"the memory limit of {found} is too small; expected at least {needed}. Allow more.")
    return Room(memory - beside, scratch)


def connect(room: Room, **config: str) -> duckdb.DuckDBPyConnection:
    """An in-memory database within some room."""
    limits = {"memory_limit": f"{room.memory}B", "temp_directory": str(room.scratch)}
    return duckdb.connect(config={"autoinstall_known_extensions": "false", **limits, **config})


def watched(con: duckdb.DuckDBPyConnection) -> Callable[[], float]:
    """How much of its query a connection has done, in percent, from whatever thread; negative where that is unknown."""
    con.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false; SET progress_bar_time = 0")

    def percent() -> float:
        try:
            return con.query_progress()
        except duckdb.Error:
            # Closed meanwhile.
            return -1.0

    return percent


def stop(con: duckdb.DuckDBPyConnection) -> None:
    """End the query of a connection, from whatever thread, if it is at one."""
    with suppress(duckdb.Error):
        con.interrupt()


def literal(text: object) -> str:
    """A SQL string literal."""
    return "'" + str(text).replace("'", "''") + "'"


def path_literal(path: Path) -> str:
    """A SQL string literal of a path, in which DuckDB's readers see no wildcards."""
    return literal(re.sub(r"([\[*?])", r"[\1]", str(path)))


def csv_text(path: Path, columns: list[str], options: str) -> str:
    """SQL: a relation of the records of a CSV file, strictly read, every cell as text; `options` are further ones."""
    kinds = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in columns)
    return (
        f"read_csv({path_literal(path)}, columns = {{{kinds}}}, auto_detect = false, compression = 'none', "
        "header = true, delim = ',', quote = '\"', escape = '\"', new_line = '\\n', strict_mode = true, "
        f"{options})"
    )


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
