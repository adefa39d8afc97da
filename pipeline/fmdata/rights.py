"""The rights gate: nothing published holds `RUN` words in a row of a source, bibliographic strings aside.

It needs no source: `fmdata anchor` left the hash of every such run in the extracts. Words are compared as a reader
hears them: case, punctuation, quotes, escapes and line breaks do not count.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from fmdata.contract import Anchoring, Package, Resource
from fmdata.contract.load import position_in
from fmdata.errors import Failure, quote
from fmdata.markup import unmarked
from fmdata.sql import drained, literal, name
from fmdata.tokens import RUN, UTF16, has_run, in_bytes, runs, unpack, words

_ADVICE = "Say it in your own words"
_EXPECTED = f"fewer than {RUN} words in a row of a source"
# What they hold is searched as rows, comments and SQL, and as the files beside them.
_NO_TEXT = (".duckdb", ".parquet", ".zip")
# Bytes of a file that are searched at a time, and characters that its last words surely take up.
_PIECE, _REACH = 1 << 20, 2_000
_WRITTEN_BY_HAND = ("LICENSE", "CHANGELOG.md", "pipeline/queries/*.sql", "pipeline/views/*.sql")
_ESCAPE = re.compile(r"(?:\\u[0-9A-Fa-f]{4})+|\\[\\bfnrt]")
# Every text of a DuckDB file that is no cell of the contract's tables: where it stands, and the text.
_OBJECTS = (
    "SELECT 'the column ' || table_name || '.' || column_name, comment FROM duckdb_columns() WHERE {own}",
    "SELECT 'the table ' || table_name, concat_ws(chr(10), comment, sql) FROM duckdb_tables() WHERE {own}",
    "SELECT 'the view ' || view_name, concat_ws(chr(10), comment, sql) FROM duckdb_views() WHERE {own}",
    "SELECT 'the type ' || type_name, array_to_string(labels, chr(10)) FROM duckdb_types() WHERE {own}",
    "SELECT 'the macro ' || function_name, concat_ws(chr(10), comment, array_to_string(parameters, chr(10)), "
    "macro_definition) FROM duckdb_functions() WHERE {own}",
)


@dataclass(frozen=True)
class Borrowed:
    """A run of a source's words in a text: the words, on which line of the text they begin, and whence they are."""

    words: tuple[str, ...]
    at: int
    source: str
    line: int

    def __str__(self) -> str:
        return f"{quote(' '.join(self.words))}, {len(self.words)} words in a row of line {self.line} of {self.source}"


@dataclass(frozen=True)
class Gate:
    """The runs of the sources' words that must not be published: the hash of each -> its source and line."""

    runs: Mapping[str, tuple[str, int]]

    def borrowed(self, text: str) -> list[Borrowed]:
        """What a text has of the sources, as it stands or as a reader sees it: each longest run of words."""
        text = _unescaped(text)
        seen = unmarked(text)
        return self._runs_in(text) or (self._runs_in(seen) if seen != text else [])

    @cached_property
    def _hashes(self) -> frozenset[bytes]:
        return frozenset(map(in_bytes, self.runs))

    def _runs_in(self, text: str) -> list[Borrowed]:
        found = _words(text)
        if not has_run(found, self._hashes):
            return []
        there = runs(found)
        held = {at for at, run in enumerate(there) if run in self.runs}
        firsts, lasts = sorted(at for at in held if at - 1 not in held), sorted(at for at in held if at + 1 not in held)
        return [
            Borrowed(tuple(found[first : last + RUN]), _line(text, first), *self.runs[there[first]])
            for first, last in zip(firsts, lasts, strict=True)
        ]

    def borrowed_in(self, path: Path) -> list[Borrowed]:
        """What a file has of the sources."""
        found: list[Borrowed] = []
        line, before = 1, ""
        for piece in () if path.suffix in _NO_TEXT else _pieces(path):
            # The last words of a piece stand on a line before the next one, so that no run between them is missed.
            found += [replace(one, at=max(one.at + line - 2, 1)) for one in self.borrowed(f"{before}\n{piece}")]
            line, before = line + piece.count("\n"), " ".join(_words(piece[-_REACH:])[1 - RUN :])
        return found


Found = Iterator[tuple[Failure, Borrowed]]


def load_gate(con: duckdb.DuckDBPyConnection, roles: Anchoring | None) -> Gate:
    """The gate of a project whose extracts are in the schema `raw`; without anchoring, it lets everything pass."""
    if roles is None:
        return Gate({})
    # Of a run that a source has twice, the first place stays.
    rows = con.execute(
        f"SELECT run_hashes, _folder, line_number FROM raw.{name(roles.word_runs.name)} WHERE run_hashes IS NOT NULL "
        "ORDER BY _folder DESC, line_number DESC"
    )
    return Gate({run: (source, line) for packed, source, line in rows.fetchall() for run in unpack(packed)})


def search(folder: Path, gate: Gate) -> dict[Path, list[Borrowed]]:
    """What each file in a folder holds of the sources."""
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if gate.runs else ()
    return {path: gate.borrowed_in(path) for path in files}


def search_database(
    con: duckdb.DuckDBPyConnection, package: Package, folder: Path, gate: Gate
) -> list[tuple[Failure, Borrowed]]:
    """What the DuckDB file of the release in a folder holds of the sources.

    That is in texts that are no cells of the contract's tables: those are the CSV files' cells.
    """
    if not gate.runs:
        return []
    path, told = folder / f"{package.name}.duckdb", []
    con.execute(f"ATTACH {literal(path)} AS finished (READ_ONLY)")
    own, tables = "database_name = 'finished' AND NOT internal", {resource.name for resource in package}
    texts = [row for query in _OBJECTS for row in con.execute(query.format(own=own)).fetchall()]
    for (table,) in con.execute(f"SELECT table_name FROM duckdb_tables() WHERE {own}").fetchall():
        if table not in tables:
            rows = con.execute(f"FROM finished.{name(table)}").fetchall()
            texts += [(f"the table {table}", str(cell)) for row in rows for cell in row]
    con.execute("DETACH finished")
    # The same words are in a comment and in the dictionary: they are searched once.
    for text, place in {text: place for place, text in reversed(texts) if text}.items():
        for found in gate.borrowed(text):
            told.append((_failure(path.name, 0, f"{place} of the finished file holds", found), found))
    return told


def check_rights(
    con: duckdb.DuckDBPyConnection,
    package: Package,
    gate: Gate,
    folder: Path,
    searched: Mapping[Path, list[Borrowed]],
    in_file: Future[list[tuple[Failure, Borrowed]]],
) -> list[Failure]:
    """What of the sources the finished files of a release in `folder` hold, each told where its author wrote it.

    That is a cell of `main` (with its extract line), the contract, or a file that is published as it is. Some of the
    files were `searched` before, the DuckDB file is searched for itself.
    """
    if not gate.runs:
        return []
    finished = [*_files(folder, gate, searched), *in_file.result()]
    published = {run for _, found in finished for run in runs(found.words)}
    if not published:
        return []
    origins = [
        (failure, found)
        for failure, found in (*_cells(con, package, gate), *_contract(package, gate), *_by_hand(package, gate))
        if published.intersection(runs(found.words))
    ]
    told = {run for _, found in origins for run in runs(found.words)}
    rest = [failure for failure, found in finished if not told.intersection(runs(found.words))]
    return [*(failure for failure, _ in origins), *rest]


def check_cells(con: duckdb.DuckDBPyConnection, package: Package, roles: Anchoring) -> list[Failure]:
    """What of the sources the cells of `main` hold, for a build that will not come as far as finished files."""
    return [failure for failure, _ in _cells(con, package, load_gate(con, roles))]


def _files(folder: Path, gate: Gate, searched: Mapping[Path, list[Borrowed]]) -> Found:
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        for found in searched[path] if path in searched else gate.borrowed_in(path):
            yield _failure(path.relative_to(folder).as_posix(), found.at, "the finished file holds", found), found


def _cells(con: duckdb.DuckDBPyConnection, package: Package, gate: Gate) -> Found:
    """What rows hold, cell by cell or else across cells; what two cells have of one extract line is told once."""
    told = set()
    for resource in sorted(package, key=lambda resource: bool(resource.generated)):
        columns = ", ".join(f"CAST({name(field.name)} AS VARCHAR)" for field in resource.fields)
        result = con.execute(f"SELECT _file, _line, {columns} FROM main.{name(resource.name)}")
        for file, line, *row in drained(result):
            for field, found in _row(resource, row, gate):
                if (file, line, found.words) not in told:
                    told.add((file, line, found.words))
                    key = quote(" ".join(str(row[resource.names().index(part)]) for part in resource.primary_key))
                    said = f"the row {key} of {resource.name} holds"
                    yield _failure(file, line, said, found, resource.name, field), found


def _row(resource: Resource, row: Sequence[str | None], gate: Gate) -> list[tuple[str, Borrowed]]:
    across = gate.borrowed("\n".join(cell or "" for cell in row))
    if not across:
        return []
    cells = zip(resource.names(), row, strict=True)
    return [(field, found) for field, cell in cells for found in gate.borrowed(cell or "")] or [
        ("", found) for found in across
    ]


def _contract(package: Package, gate: Gate) -> Found:
    for pointer, text in _strings(package.descriptor):
        for found in gate.borrowed(text):
            line, column = position_in(package, pointer)
            said = f"{_subject(package.descriptor, pointer)} holds"
            yield _failure(package.path, line, said, found, field=".".join(map(str, pointer)), column=column), found


def _strings(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text of a JSON value, with the pointer to it."""
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _strings(item, (*at, key))


def _subject(descriptor: Any, pointer: Sequence[str | int]) -> str:
    """What a pointer leads to, in words: "the description of trees.height"."""
    names, value = [], descriptor
    for step in pointer[:-1]:
        value = value[step]
        names += [str(value["name"])] if isinstance(value, dict) and "name" in value else []
    what = next((step for step in reversed(pointer) if isinstance(step, str)), "")
    return f"the {what} of {'.'.join(names)}" if names else f"the {what}"


def _by_hand(package: Package, gate: Gate) -> Found:
    for path in (path for pattern in _WRITTEN_BY_HAND for path in sorted(package.root.glob(pattern))):
        for found in gate.borrowed_in(path):
            yield _failure(path.relative_to(package.root).as_posix(), found.at, "it holds", found), found


def _failure(
    file: str, line: int, said: str, found: Borrowed, resource: str = "", field: str = "", column: int = 0
) -> Failure:
    return Failure(file, line, column, resource, field, "rights", f"{said} {found}", _EXPECTED, _ADVICE)


def _pieces(path: Path) -> Iterator[str]:
    """A file as texts of whole lines, whatever its encoding: no byte of it goes unread."""
    with path.open("rb") as stream:
        if stream.read(2) in UTF16:
            yield path.read_bytes().decode("utf-16", "replace")
            return
        stream.seek(0)
        while data := b"".join(stream.readlines(_PIECE)):
            try:
                yield data.decode("utf-8")
            except UnicodeDecodeError:
                yield data.decode("latin-1")


def _unescaped(text: str) -> str:
    """`text` with what JSON, and others like it, write as escapes; line ends among them are blanks here."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda escape: json.loads(f'"{escape[0]}"').replace("\n", " "), text)


def _words(text: str) -> list[str]:
    """The words of a text, as `words` gives them: lines of ASCII alone are folded together, which is quick."""
    parts = itertools.groupby(text.splitlines(keepends=True), str.isascii)
    return [word for _, lines in parts for word in words("".join(lines))]


def _line(text: str, at: int) -> int:
    """The number of the line on which a word of a text stands."""
    ends = itertools.accumulate(len(_words(line)) for line in text.split("\n"))
    return next(number for number, end in enumerate(ends, 1) if end > at)
