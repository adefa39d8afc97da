"""The rights gate: nothing published holds `RUN` words in a row of a source, bibliographic strings aside.

It needs no source: `fmdata anchor` left the hash of every such run in the extracts. Words are compared as a reader
hears them: case, punctuation, quotes, escapes and line breaks do not count.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import duckdb

from fmdata.borrowing import Borrowed, Gate
from fmdata.contract import Anchoring, Package, Resource
from fmdata.contract.load import position_in
from fmdata.errors import Failure, quote
from fmdata.sql import drained, literal, name
from fmdata.tokens import RUN, runs, unpack

_ADVICE = "Say it in your own words"
_EXPECTED = f"fewer than {RUN} words in a row of a source"
_WRITTEN_BY_HAND = ("LICENSE", "CHANGELOG.md", "pipeline/queries/*.sql", "pipeline/views/*.sql")
# Every text of a DuckDB file that is no cell of the contract's tables: where it stands, and the text.
_OBJECTS = (
    "SELECT 'the column ' || table_name || '.' || column_name, comment FROM duckdb_columns() WHERE {own}",
    "SELECT 'the table ' || table_name, concat_ws(chr(10), comment, sql) FROM duckdb_tables() WHERE {own}",
    "SELECT 'the view ' || view_name, concat_ws(chr(10), comment, sql) FROM duckdb_views() WHERE {own}",
    "SELECT 'the type ' || type_name, array_to_string(labels, chr(10)) FROM duckdb_types() WHERE {own}",
    "SELECT 'the macro ' || function_name, concat_ws(chr(10), comment, array_to_string(parameters, chr(10)), "
    "macro_definition) FROM duckdb_functions() WHERE {own}",
)


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
    finished = [*in_files(folder, gate, searched), *in_file.result()]
    return where_written(package, gate, finished, _cells(con, package, gate))


def where_written(
    package: Package, gate: Gate, finished: Iterable[tuple[Failure, Borrowed]], cells: Found
) -> list[Failure]:
    """What finished files have of the sources, told where its author wrote it: in one of the `cells`, or beside."""
    published = {run for _, found in finished for run in runs(found.words)}
    if not published:
        return []
    origins = [
        (failure, found)
        for failure, found in itertools.chain(cells, _contract(package, gate), _by_hand(package, gate))
        if published.intersection(runs(found.words))
    ]
    told = {run for _, found in origins for run in runs(found.words)}
    rest = [failure for failure, found in finished if not told.intersection(runs(found.words))]
    return [*(failure for failure, _ in origins), *rest]


def check_cells(con: duckdb.DuckDBPyConnection, package: Package, roles: Anchoring) -> list[Failure]:
    """What of the sources the cells of `main` hold, for a build that will not come as far as finished files."""
    return [failure for failure, _ in _cells(con, package, load_gate(con, roles))]


def in_files(folder: Path, gate: Gate, searched: Mapping[Path, list[Borrowed]]) -> Found:
    """What files in a folder hold of the sources; some of them were `searched` before."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        for found in searched[path] if path in searched else gate.borrowed_in(path):
            yield _failure(path.relative_to(folder).as_posix(), found.at, "the finished file holds", found), found


def _cells(con: duckdb.DuckDBPyConnection, package: Package, gate: Gate) -> Found:
    """What rows hold, cell by cell or else across cells; what two cells have of one extract line is told once."""
    told = set()
    for resource in searched_in_order(package):
        rows = drained(con.execute(f"SELECT {as_texts(resource)} FROM main.{name(resource.name)}"))
        for failure, found in in_rows(resource, rows, gate):
            if (failure.file, failure.line, found.words) not in told:
                told.add((failure.file, failure.line, found.words))
                yield failure, found


def searched_in_order(package: Package) -> list[Resource]:
    """The tables in the order in which their rows are told of: of what is generated, only what is in no other."""
    return sorted(package, key=lambda resource: bool(resource.generated))


def as_texts(resource: Resource) -> str:
    """SQL: where a row of a table comes from, and its cells as texts."""
    return ", ".join(["_file", "_line", *(f"CAST({name(field.name)} AS VARCHAR)" for field in resource.fields)])


def in_rows(resource: Resource, rows: Iterable[Sequence[Any]], gate: Gate) -> Found:
    """What rows of a table, as `as_texts` gives them, hold of the sources."""
    for file, line, *row in rows:
        for field, found in _row(resource, row, gate):
            key = quote(" ".join(str(row[resource.names().index(part)]) for part in resource.primary_key))
            yield _failure(file, line, f"the row {key} of {resource.name} holds", found, resource.name, field), found


def row_text(row: Iterable[str | None]) -> str:
    """The cells of a row as one text."""
    return "\n".join(cell or "" for cell in row)


def _row(resource: Resource, row: Sequence[str | None], gate: Gate) -> list[tuple[str, Borrowed]]:
    across = gate.borrowed(row_text(row))
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
