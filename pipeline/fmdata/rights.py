"""The rights gate: nothing published holds `RUN` words in a row of a source, bibliographic strings aside.

It needs no source: `fmdata anchor` left the hash of every such run in the extracts. Words are compared as a reader
hears them: case, punctuation, quotes and line breaks do not count.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from fmdata.contract import Anchoring, Package, Resource
from fmdata.contract.load import position_in
from fmdata.errors import Failure, quote
from fmdata.sql import literal, name
from fmdata.tokens import RUN, runs, unpack, words

_SHORTEST = 2 * RUN - 1
_ADVICE = "Say it in your own words"
_EXPECTED = f"fewer than {RUN} words in a row of a source"


@dataclass(frozen=True)
class Borrowed:
    """A run of a source's words in a text: how many words, where in the source, and the words."""

    count: int
    source: str
    line: int
    words: str

    def __str__(self) -> str:
        return f"{quote(self.words)}, {self.count} words in a row of line {self.line} of {self.source}"


@dataclass(frozen=True)
class Gate:
    """The runs of the sources' words that must not be published: the hash of each -> its source and line."""

    runs: Mapping[str, tuple[str, int]]

    def borrowed(self, text: str) -> list[Borrowed]:
        """What a text has of the sources: each longest run of words."""
        found = words(text)
        hits = [(at, self.runs[run]) for at, run in enumerate(runs(found)) if run in self.runs]
        longest: list[list[Any]] = []
        for at, place in hits:
            if longest and at == longest[-1][1] + 1:
                longest[-1][1] = at
            else:
                longest.append([at, at, place])
        return [
            Borrowed(last - first + RUN, source, line, " ".join(found[first : last + RUN]))
            for first, last, (source, line) in longest
        ]


def load_gate(con: duckdb.DuckDBPyConnection, roles: Anchoring | None) -> Gate:
    """The gate of a project whose extracts are in the schema `raw`; without anchoring, it lets everything pass."""
    if roles is None:
        return Gate({})
    rows = con.execute(
        f"SELECT run_hashes, _folder, line_number FROM raw.{name(roles.word_runs.name)} WHERE run_hashes IS NOT NULL"
    )
    return Gate({run: (source, line) for packed, source, line in rows.fetchall() for run in unpack(packed)})


def check_rights(con: duckdb.DuckDBPyConnection, package: Package, gate: Gate, folder: Path) -> list[Failure]:
    """What of the sources the cells of `main`, the contract or the finished files of a release in `folder` hold.

    A cell is told with its table, column, row and extract line; the files are searched for what is in neither.
    """
    if not gate.runs:
        return []
    failures = [*(f for resource in package for f in _cells(con, resource, gate)), *_contract(package, gate)]
    return failures or [*_files(folder, gate), *_database(con, folder / f"{package.name}.duckdb", gate)]


def _cells(con: duckdb.DuckDBPyConnection, resource: Resource, gate: Gate) -> Iterator[Failure]:
    key = ", ".join(name(field) for field in resource.primary_key) or "NULL"
    for field in resource.fields:
        text = f"CAST({name(field.name)} AS VARCHAR)"
        if field.type not in ("string", "any", "object", "array"):
            continue
        rows = con.execute(
            f"SELECT _file, _line, {text}, {key} FROM main.{name(resource.name)} WHERE length({text}) >= {_SHORTEST}"
        ).fetchall()
        for file, line, cell, *row in rows:
            for found in gate.borrowed(cell):
                said = f"the row {quote(' '.join(map(str, row)))} holds {found}"
                yield Failure(file, line, 0, resource.name, field.name, "rights", said, _EXPECTED, _ADVICE)


def _contract(package: Package, gate: Gate) -> Iterator[Failure]:
    for pointer, text in _strings(package.descriptor):
        for found in gate.borrowed(text):
            line, column = position_in(package, pointer)
            where = ".".join(map(str, pointer))
            yield Failure(package.path, line, column, "", where, "rights", f"it holds {found}", _EXPECTED, _ADVICE)


def _strings(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text of a JSON value, with the pointer to it."""
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _strings(item, (*at, key))


def texts(path: Path) -> list[str]:
    """The texts of a file: a JSON file's strings one by one, any other file as a whole; none of what is not UTF-8."""
    try:
        text = path.read_text(encoding="utf-8")
        return [string for _, string in _strings(json.loads(text))] if path.suffix == ".json" else [text]
    except ValueError:
        return []


def _files(folder: Path, gate: Gate) -> Iterator[Failure]:
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        for text in texts(path):
            for found in gate.borrowed(text):
                file = path.relative_to(folder).as_posix()
                yield Failure(file, 0, 0, "", "", "rights", f"the finished file holds {found}", _EXPECTED, _ADVICE)


def _database(con: duckdb.DuckDBPyConnection, path: Path, gate: Gate) -> Iterator[Failure]:
    """Texts of the finished database that stand in none of its tables: comments, views and macros."""
    con.execute(f"ATTACH {literal(path)} AS finished (READ_ONLY)")
    queries = (
        "SELECT comment FROM duckdb_columns() WHERE database_name = 'finished'",
        "SELECT comment FROM duckdb_tables() WHERE database_name = 'finished'",
        "SELECT unnest([comment, sql]) FROM duckdb_views() WHERE database_name = 'finished'",
        "SELECT unnest([comment, macro_definition]) FROM duckdb_functions() WHERE database_name = 'finished'",
    )
    for query in queries:
        for (text,) in con.execute(query).fetchall():
            for found in gate.borrowed(text or ""):
                yield Failure(path.name, 0, 0, "", "", "rights", f"the finished file holds {found}", _EXPECTED, _ADVICE)
    con.execute("DETACH finished")
