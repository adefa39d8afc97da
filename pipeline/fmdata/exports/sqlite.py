"""The SQLite file of a release: its tables with keys and constraints, `_release` and `_dictionary`.

The same release gives the same bytes with the same version of the SQLite library: one transaction into a new file, rows
in the order of the CSV files, no clock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import duckdb

from fmdata.contract import Resource
from fmdata.errors import FmdataError
from fmdata.exports.rows import left_out, rows, table_dictionary
from fmdata.exports.sqlite_ddl import create, create_table, in_sqlite, indexes, refuse_beyond, tables
from fmdata.history import Published
from fmdata.progress import Progress, Step
from fmdata.sql import name
from fmdata.writers.about import RELEASE_COLUMNS, release_row
from fmdata.writers.dictionary import COLUMNS

_STRICT = (3, 37, 0)
_LEFT_OUT = "What the DuckDB file has and this one has not."
_UNCHECKED = "Patterns of texts were checked by the build; this file does not enforce them."


def write_sqlite(con: duckdb.DuckDBPyConnection, release: Published, path: Path, progress: Progress) -> None:
    """Write the new file `path`. Raises `FmdataError` for what SQLite cannot hold, and if the file is not sound."""
    if sqlite3.sqlite_version_info < _STRICT:
        raise FmdataError(f"SQLite {sqlite3.sqlite_version} is too old; expected 3.37 or newer. Update Python.")
    refuse_beyond(release.package)
    step = Step("writing the SQLite file")
    progress(step)
    with _told(), closing(sqlite3.connect(path, isolation_level=None)) as out:
        # A file that is not finished is thrown away: there is nothing to go back to.
        out.execute("PRAGMA journal_mode = OFF")
        out.execute("PRAGMA synchronous = OFF")
        out.execute("BEGIN")
        for resource in tables(release.package):
            _fill(con, out, release, resource, step)
        _describe(out, release)
        out.execute("COMMIT")
    progress(Step("checking the SQLite file"))
    with _told(), closing(sqlite3.connect(path.resolve().as_uri() + "?mode=ro", uri=True)) as written:
        _check(written, release)


def _fill(
    con: duckdb.DuckDBPyConnection, out: sqlite3.Connection, release: Published, resource: Resource, step: Step
) -> None:
    out.execute(create(con, resource))
    values = [in_sqlite(field, name(field.name)) for field in resource.fields]
    _insert(out, resource.name, len(values), _counted(rows(con, release, resource, values), step))
    for statement in indexes(resource):
        out.execute(statement)


def _counted(found: Iterator[tuple[Any, ...]], step: Step) -> Iterator[tuple[Any, ...]]:
    for row in found:
        step.rows += 1
        yield row


def _describe(out: sqlite3.Connection, release: Published) -> None:
    untold = f"{_UNCHECKED} {left_out(release)}".strip()
    columns = {**RELEASE_COLUMNS, "left_out": _LEFT_OUT}
    parts = [(f"{name(column)} TEXT", words) for column, words in columns.items()]
    out.execute(create_table("_release", "One row: which release this file is.", parts))
    _insert(out, "_release", len(columns), [(*release_row(release.package, release.content), untold)])
    kinds = {column: "INT" if column == "position" else "TEXT" for column in COLUMNS}
    parts = [(f"{name(column)} {kinds[column]}", words) for column, words in COLUMNS.items()]
    out.execute(create_table("_dictionary", "One row is one column of a table: what it holds.", parts))
    _insert(out, "_dictionary", len(COLUMNS), table_dictionary(release.package))


def _insert(out: sqlite3.Connection, table: str, width: int, found: Iterable[Any]) -> None:
    out.executemany(f"INSERT INTO {name(table)} VALUES ({', '.join('?' * width)})", found)


def _check(written: sqlite3.Connection, release: Published) -> None:
    """Raise `FmdataError` unless the file is whole, its keys hold, and each table has the rows that it should have."""
    faults = [str(row[0]) for row in written.execute("PRAGMA integrity_check") if row[0] != "ok"]
    faults += [f"a row of {row[0]} refers to none of {row[2]}" for row in written.execute("PRAGMA foreign_key_check")]
    for resource in release.package:
        [(found,)] = written.execute(f"SELECT count(*) FROM {name(resource.name)}")
        if found != release.rows(resource.name):
            faults.append(f"{resource.name} has {found:,} rows, not {release.rows(resource.name):,}")
    if faults:
        raise FmdataError(f"{release.place}: {faults[0]} in the SQLite file. The release is not sound; restore it.")


@contextmanager
def _told() -> Iterator[None]:
    """What SQLite refuses is told as `FmdataError`: a full disk, or rows that are not what their contract says."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise FmdataError(f"a row is not what its contract says ({error}). Restore the release.") from None
    except sqlite3.Error as error:
        raise FmdataError(f"the SQLite file cannot be written ({error}). Is there space for it?") from None
