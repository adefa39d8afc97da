"""The history inside a release: the table of what changed since the first one, cell by cell, and why.

A contract asks for it with a resource whose `generated` is "changes". Each release carries all of it, so a build adds
what changed since the newest release to what that one carries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

import duckdb
import polars as pl

from fmdata.contract import Resource
from fmdata.exchange import scanned
from fmdata.history.difference import Difference
from fmdata.history.published import Published
from fmdata.history.recipe import FIELD_ADDED, FIELD_REMOVED, TABLE_ADDED
from fmdata.history.row_changes import ADDED, CHANGED, REMOVED, RowChange, RowChanges
from fmdata.sql import literal, name
from fmdata.writers.as_of import FIELD, GONE, UNKNOWN, WHOLE, blank, keeps
from fmdata.writers.csv import published_rows, published_values

# How many rows are handed to DuckDB together.
_TOGETHER = 50_000
# Table, row key and column of a cell; '' for the column of a row that is gone.
Cell = tuple[str, str, str]


def inherit(con: duckdb.DuckDBPyConnection, log: Resource, before: Published) -> None:
    """Fill it with what the release `before` carries, if it carries any."""
    held = next((own for own in before.package if own.generated == log.generated), None)
    if held and held.names() == log.names():
        rows = published_rows(held, before.folder)
        con.execute(f"INSERT INTO main.{name(log.name)} SELECT {published_values(held)}, NULL, NULL FROM {rows}")


def add(
    con: duckdb.DuckDBPyConnection, log: Resource, found: Difference, version: str, reasons: Mapping[Cell, str]
) -> None:
    """Add what changed, as of `version`, with the `reasons` that are known; older rows follow what was renamed."""
    table = f"main.{name(log.name)}"
    for old, new in found.renames.tables.items():
        con.execute(f"UPDATE {table} SET table_name = {literal(new)} WHERE table_name = {literal(old)}")
    for (was, old), new in found.renames.fields.items():
        now = literal(found.renames.table(was))
        con.execute(
            f"UPDATE {table} SET column_name = {literal(new)} WHERE table_name = {now} AND column_name = {literal(old)}"
        )
    rows = _rows(found, version, reasons)
    columns = [field.name for field in log.fields]
    while some := [*islice(rows, _TOGETHER)]:
        with scanned(con, "_log", pl.DataFrame(some, dict.fromkeys(columns, pl.String), orient="row")):
            con.execute(f"INSERT INTO {table} SELECT *, NULL, NULL FROM _log")


def _rows(found: Difference, version: str, reasons: Mapping[Cell, str]) -> Iterator[tuple[str | None, ...]]:
    kept, before = _kept(found.new), _kept(found.old)
    marks = {FIELD_ADDED: FIELD, FIELD_REMOVED: GONE, TABLE_ADDED: UNKNOWN}
    for change in found.schema:
        if change.rule in marks and change.table in kept:
            yield version, change.table, WHOLE, change.field or WHOLE, marks[change.rule], None, None, None
    for table in found.tables:
        if table.table not in kept:
            continue
        if table.old.resource.name not in before and found.old.package.descriptor.get("releases"):
            # Nobody kept what had changed by then.
            yield str(found.old.version), table.table, WHOLE, WHOLE, UNKNOWN, None, None, None
        if table.why_not:
            yield version, table.table, WHOLE, WHOLE, UNKNOWN, None, None, None
        for row in table.rows(found.con):
            yield from ((version, table.table, *cells) for cells in _cells(table, row, reasons))


def _kept(release: Published) -> list[str]:
    return keeps(release.package, {own.name: release.rows(own.name) for own in release.package})


def _cells(table: RowChanges, row: RowChange, reasons: Mapping[Cell, str]) -> Iterator[tuple[str | None, ...]]:
    blanks = {now.name: blank(now) for _, now in table.common}
    if row.kind == ADDED:
        yield row.key, WHOLE, ADDED, None, None, None
    elif row.kind == REMOVED:
        reason = reasons.get((table.table, row.key, ""))
        was = {now.name: (row.old or {})[before.name] for before, now in table.common}
        yield from ((row.key, own, REMOVED, _text(was[own], blanks[own]), None, reason) for own in was)
    else:
        for column, old, new in row.cells:
            texts = (_text(text, blanks[column]) for text in (old, new))
            yield row.key, column, CHANGED, *texts, reasons.get((table.table, row.key, column))


def _text(cell: str | None, blank: str | None) -> str | None:
    return blank if cell is None else cell
