"""A database of stand-ins: each base table that a query reads, in an order that is asked for, or with fewer rows.

It lies in memory. The released file is attached to it as `release`, to be read only; then nothing else can be reached,
and no setting changed. The views and macros of the release are made anew over the stand-ins.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from fmdata.citing.answer import Answer, answer
from fmdata.citing.contents import Contents, contents
from fmdata.citing.statement import Statement
from fmdata.errors import FmdataError
from fmdata.sql import Room, connect, literal, name

RELEASE = "release"
STORED, REVERSED = "stored", "reversed"


def shuffled(seed: int) -> str:
    """The order of rows that a seed gives."""
    return f"shuffled {seed}"


class Standins:
    """Stand-ins for the tables of the release in a DuckDB file; `threads` is 0 for as many as there are cores."""

    def __init__(self, database: Path, room: Room, threads: int = 0) -> None:
        config = {"autoload_known_extensions": "false", "max_temp_directory_size": f"{4 * room.memory}B"}
        self._con = connect(room, **config, **({"threads": str(threads)} if threads else {}))
        try:
            self._con.execute(f"ATTACH {literal(database)} AS {RELEASE} (READ_ONLY)")
        except duckdb.Error as error:
            found = str(error).split("\n")[0]
            raise FmdataError(f"{database}: cannot be opened ({found}); expected the file of a release.") from None
        # What fills the stand-ins calls the tables of the release by their names.
        self._filling = self._con.cursor()
        self._filling.execute(f"USE {RELEASE}")
        self._con.execute("SET TimeZone = 'UTC'; SET python_enable_replacements = false")
        self._con.execute("SET enable_external_access = false; SET lock_configuration = true")
        self.contents: Contents = contents(self._con, RELEASE)
        self._held: dict[str, str] = {}
        self._made: set[str] = set()

    def close(self) -> None:
        """Let go of all of it."""
        self._filling.close()
        self._con.close()

    def answer(
        self, asked: Statement, order: str = STORED, restrict: Mapping[str, str] | None = None, most: int = 0
    ) -> Answer:
        """The answer of a query when its tables have their rows in an `order`, and some only those of a relation.

        `restrict` gives the relation's SQL, by table. Rows are kept as `answer.answer` says.
        """
        for table in asked.tables:
            self._fill(table, (restrict or {}).get(table) or f"SELECT * FROM {name(table)} ORDER BY {_by(order)}")
        for create in asked.makes:
            if create not in self._made:
                self._con.execute(create)
                self._made.add(create)
        return answer(self._con, asked.written, most)

    def _fill(self, table: str, rows: str) -> None:
        if self._held.get(table) != rows:
            self._held.pop(table, None)
            self._filling.execute(f"CREATE OR REPLACE TABLE memory.main.{name(table)} AS {rows}")
            self._held[table] = rows


def _by(order: str) -> str:
    if order == STORED:
        return "rowid"
    if order == REVERSED:
        return "rowid DESC"
    # The seed as a text before the number: as numbers, their hashes would only be combined.
    return f"md5({literal(order)} || rowid), rowid"
