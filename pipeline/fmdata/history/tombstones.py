"""Tombstones: a key that was in a release and is gone stands here, with what became of the row.

Keys are for ever: whoever noted one down learns that it was withdrawn, or which row took its place, and no other row
ever gets it.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from fmdata.contract import Package
from fmdata.contract.roles import with_role
from fmdata.errors import Failure, quote
from fmdata.history.difference import Difference
from fmdata.history.row_changes import REMOVED
from fmdata.history.versions import Version, is_version, parse
from fmdata.provenance import row_key
from fmdata.sql import name

ROLE, MERGED = "tombstones", "merged"
"""The role of the extract and of the published table, and the fate of a row that another one took the place of."""
# Table and key of a row -> reason, where the row of the tombstone stands, and since when.
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
    rows = con.execute(
        f"SELECT _file, _line, table_name, row_key, fate, merged_into, since_version FROM main.{name(table.name)} "
        "ORDER BY _file, _line"
    ).fetchall()
    return [
        Failure(file, line, 0, table.name, field, rule, found, wanted, advice)
        for file, line, *cells in rows
        for field, rule, found, wanted, advice in _faults(con, package, *cells)
    ]


def _faults(
    con: duckdb.DuckDBPyConnection, package: Package, of: str, key: str, fate: str, into: str | None, since: str
) -> Iterator[tuple[str, ...]]:
    if not is_version(since):
        yield "since_version", "version", f"{quote(since)} is not a version", "MAJOR.MINOR.PATCH, e.g. 1.0.0", ""
    named = next((own for own in package if own.name == of and own.primary_key and not own.generated), None)
    if named is None:
        # A table that is gone may have had the row.
        return
    if _is_there(con, package, of, key):
        advice = "Remove the tombstone, or give the row another key if it is another thing"
        yield "row_key", "key reused", f"{of} has a row with the key {quote(key)}", "a key that is gone", advice
    if (fate == MERGED) != (into is not None):
        found = "nothing is named" if into is None else f"{quote(into)} is named"
        wanted = "the key of the row that stays, for a row that was merged, and for no other"
        yield "merged_into", "merged into", found, wanted, ""
    elif into is not None and not _is_there(con, package, of, into):
        yield "merged_into", "merged into", f"{of} has no row with the key {quote(into)}", "the row that stays", ""


def _is_there(con: duckdb.DuckDBPyConnection, package: Package, of: str, key: str) -> bool:
    query = f"SELECT 1 FROM main.{name(of)} WHERE {row_key(package.resource(of))} = $1 LIMIT 1"
    return bool(con.execute(query, [key]).fetchall())


def unburied(found: Difference, known: Tombstones, raw: Package) -> Iterator[Failure]:
    """The keys of the release before that are gone without a tombstone, and tombstones that are gone themselves."""
    extract = with_role(raw, ROLE)
    file = f"raw/{extract.paths[0]}" if extract else raw.path
    own = next((table.name for table in found.new.package if table.role == ROLE), "")
    for table in found.tables:
        if table.new.generated or not table.key:
            continue
        for row in table.rows(found.con) if table.number(REMOVED) else ():
            if row.kind != REMOVED or (table.table, row.key) in known:
                continue
            words = f"the key {quote(row.key)} of {table.table} was in {found.old.version} and is gone"
            advice = f"Enter it in {file}, withdrawn or merged into another row" if extract else (
                f"Describe an extract and a table with the role {ROLE}, and enter it there")  # fmt: skip
            if table.table == own:
                advice = "Restore the tombstone: what is gone stays gone"
            yield Failure(file, 0, 0, table.table, "", "key gone", words, "a tombstone for it", advice)


def undated(found: Difference, known: Tombstones, declared: Version) -> Iterator[Failure]:
    """Tombstones of rows that the release before had, which are not of a version after it, or of one to come."""
    for table in found.tables:
        for row in table.rows(found.con) if table.number(REMOVED) and not table.new.generated else ():
            told = known.get((table.table, row.key))
            if row.kind != REMOVED or told is None:
                continue
            _, file, line, since = told
            if not is_version(since) or not found.old.version < parse(since, file) <= declared:
                words, wanted = f"the row was in {found.old.version} yet", f"a version after it, up to {declared}"
                yield Failure(file, line, 0, ROLE, "since_version", "version", words, wanted)

