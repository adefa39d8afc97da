"""Tombstones: a key that was in a release and is gone stands here, with what became of the row.

Keys are for ever: whoever noted one down learns that it was withdrawn, or which row took its place, and no other row
ever gets it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import duckdb

from fmdata.contract import Package
from fmdata.contract.roles import with_role
from fmdata.errors import Failure, quote
from fmdata.provenance import row_key
from fmdata.sql import name

ROLE, MERGED = "tombstones", "merged"
"""The role of the extract and of the published table, and the fate of a row that another one took the place of."""
TOLD = ("_file", "_line", "table_name", "row_key", "fate", "merged_into", "since_version")
"""Where a tombstone stands, and what it says that may be wrong."""
_VERSION = re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}")
# Table and key of a row -> reason, file and line of its tombstone, and since when.
Tombstones = dict[tuple[str, str], tuple[str, str, int, str]]


def tombstones(con: duckdb.DuckDBPyConnection, package: Package) -> Tombstones:
    """The tombstones of a project, none where its contract has no table of that role."""
    table = with_role(package, ROLE)
    if table is None:
        return {}
    rows = con.execute(
        f"SELECT table_name, row_key, reason, _file, _line, since_version FROM main.{name(table.name)} ORDER BY ALL"
    ).fetchall()
    return {(of, key): tuple(rest) for of, key, *rest in rows}


def check_tombstones(con: duckdb.DuckDBPyConnection, package: Package) -> list[Failure]:
    """What is wrong with the tombstones by themselves: of rows that are there, or merged into none."""
    table = with_role(package, ROLE)
    if table is None:
        return []
    rows = con.execute(f"SELECT {', '.join(TOLD)} FROM main.{name(table.name)} ORDER BY _file, _line").fetchall()
    return [failure for row in rows for failure in faults(package, table.name, row, partial(_is_there, con, package))]


def faults(
    package: Package, tombstones: str, row: Sequence[Any], is_there: Callable[[str, str], bool]
) -> Iterator[Failure]:
    """What is wrong with a row of the table of `tombstones`, of its columns `TOLD`.

    `is_there` tells whether a table has a row with a key.
    """
    file, line, *cells = row
    for rule, field, found, wanted, advice in _faults(package, is_there, *cells):
        yield Failure(file, line, 0, tombstones, field, rule, found, wanted, advice)


def _faults(
    package: Package,
    is_there: Callable[[str, str], bool],
    of: str,
    key: str,
    fate: str,
    into: str | None,
    since: str | None,
) -> Iterator[tuple[str, ...]]:
    if not _VERSION.fullmatch(since or ""):
        yield "version", "since_version", f"{quote(since or '')} is not a version", "MAJOR.MINOR.PATCH, e.g. 1.0.0", ""
    named = next((own for own in package if own.name == of and own.primary_key and not own.generated), None)
    if named is None:
        # A table that is gone may have had the row.
        return
    if is_there(of, key):
        advice = "Remove the tombstone, or give the row another key if it is another thing"
        yield "key reused", "row_key", f"{of} has a row with the key {quote(key)}", "a key that is gone", advice
    if (fate == MERGED) != (into is not None):
        found = "nothing is named" if into is None else f"{quote(into)} is named"
        wanted = "the key of the row that stays, for a row that was merged, and for no other"
        yield "merged into", "merged_into", found, wanted, ""
    elif into is not None and not is_there(of, into):
        yield "merged into", "merged_into", f"{of} has no row with the key {quote(into)}", "the row that stays", ""


def _is_there(con: duckdb.DuckDBPyConnection, package: Package, of: str, key: str) -> bool:
    query = f"SELECT 1 FROM main.{name(of)} WHERE {row_key(package.resource(of))} = $1 LIMIT 1"
    return bool(con.execute(query, [key]).fetchall())
