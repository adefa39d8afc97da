"""The process in which a query is looked at and run: `python -m fmdata.citing.sandboxed DATABASE MEMORY SCRATCH`.

What a stranger wrote is parsed and run here alone. The system lets the process have no more memory than it may, and
whoever asks it ends it when it takes too long: DuckDB itself does not always see to either. Each line of standard input
is a request in JSON, each line of standard output its answer. `{"examine": sql}` looks at a query; `{"answer": …}` runs
the one that was looked at last, with the arguments of `Standins.answer`, of `threads`, and of `rows`: whether to tell
the hashes of all rows.
"""

from __future__ import annotations

import contextlib
import json
import resource
import signal
import sys
from pathlib import Path
from typing import Any

import duckdb

from fmdata.citing.answer import Answer
from fmdata.citing.calls import Calls
from fmdata.citing.standins import Standins
from fmdata.citing.statement import Statement, statement
from fmdata.errors import FmdataError
from fmdata.sql import Room, room

# What Python needs beside DuckDB, and what DuckDB needs at least, in bytes.
BESIDE, LEAST = 250_000_000, 150_000_000
MORE = "the query needs more memory than it may have, {memory:,.0f} MB. Ask for less, or allow more: --memory-limit"

# What DuckDB and OpenSSL say when there is no more memory, as if it were another error.
_UNTOLD = ("bad_alloc", "bad allocation", "digital envelope routines")


class _Bench:
    """The stand-ins that were asked for last, and the query that was looked at last."""

    def __init__(self, database: Path, room: Room) -> None:
        self._database, self._room, self._threads = database, room, 0
        self._standins = Standins(database, room)
        self._grammar = duckdb.connect()
        self._calls = Calls(self._grammar)
        self._asked: Statement | None = None

    def examine(self, sql: str) -> dict[str, Any]:
        """Look at a query."""
        self._asked = found = statement(self._grammar, sql, self._standins.contents, self._calls)
        return {"written": found.written, "normal": found.normal, "tables": found.tables}

    def answer(self, threads: int, rows: bool, **how: Any) -> dict[str, Any]:
        """Run it."""
        assert self._asked, "nothing was looked at"
        if threads != self._threads:
            self._standins.close()
            self._standins, self._threads = Standins(self._database, self._room, threads), threads
        found = self._standins.answer(self._asked, **how)
        return {**_told(found, rows), "unnamed": self._asked.unnamed(column.name for column in found.columns)}


def _told(found: Answer, rows: bool) -> dict[str, Any]:
    columns = [{"name": column.name, "kind": column.kind, "type": column.type} for column in found.columns]
    told = {"columns": columns, "count": len(found.rows), "hash": found.hash, "kept": found.kept}
    return {**told, "rows": found.rows} if rows else told


def _reply(bench: _Bench, request: dict[str, Any], memory: int) -> dict[str, Any]:
    try:
        return bench.examine(request["examine"]) if "examine" in request else bench.answer(**request["answer"])
    except FmdataError as error:
        return {"error": str(error)}
    except (duckdb.OutOfMemoryException, MemoryError):
        return {"error": MORE.format(memory=memory / 1e6)}
    except (duckdb.Error, RecursionError, ValueError) as error:
        if any(words in str(error) for words in _UNTOLD):
            return {"error": MORE.format(memory=memory / 1e6)}
        if isinstance(error, ValueError):
            raise
        return {"error": f"the query: {error}"}


def main(database: str, memory: str, scratch: str) -> None:
    """Answer requests until there are no more."""
    # Ctrl-C is for the one that asks, who ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    allowed = int(memory)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (allowed, allowed))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    bench = None
    for line in sys.stdin:
        try:
            bench = bench or _Bench(Path(database), room(allowed, BESIDE, LEAST, Path(scratch)))
            told = _reply(bench, json.loads(line), allowed)
        except FmdataError as error:
            told = {"error": str(error)}
        sys.stdout.write(f"{json.dumps(told)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
