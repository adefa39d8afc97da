"""One row of a release, walked back: each cell's value, how it came about, and where in its source it stands."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from fmdata.contract import Package, Resource, View, lineage
from fmdata.errors import FmdataError
from fmdata.headings import headings
from fmdata.provenance import fact_tables, row_key
from fmdata.reader import reading_by_contract
from fmdata.sql import name
from fmdata.writers.doors import DOOR

Record = dict[str, Any]


@dataclass(frozen=True)
class Trace:
    """A row: its cells as the macro `where_from` tells them, and what the traced views say of it, by their titles.

    A section's heading has those of the sections it is part of before it.
    """

    table: str
    key: str
    cells: list[Record]
    about: dict[str, list[Record]]


def trace(database: Path, package: Package, table: str, key: str, column: str | None = None) -> Trace:
    """Trace the row `key` of a table, or one cell of it. Raises `FmdataError` for what is not there."""
    found = lineage(package)
    if found is None:
        raise FmdataError(f"{package.path}: no resource is generated provenance, so nothing can be traced.")
    tables = {resource.name: resource for resource in fact_tables(package)}
    if table not in tables:
        known = any(resource.name == table for resource in package)
        raise FmdataError(_unknown(f'the table "{table}" states no facts' if known else f'there is no table "{table}"',
                                   table, list(tables)))  # fmt: skip
    if not key.isprintable():
        raise FmdataError(f"{key!a} is no key; expected UTF-8 text without control characters.")
    with reading_by_contract(database) as con:
        cells = _records(con, f"FROM {DOOR}($1, $2)", table, key)
        if not cells:
            raise FmdataError(_no_row(con, tables[table], key))
        paths = headings(con, found)
        cells = [
            {**cell, "section": paths[cell["section_id"]]} if cell.get("section_id") in paths else cell
            for cell in cells
        ]
        columns = [cell["column_name"] for cell in cells]
        if column is not None and column not in columns:
            raise FmdataError(_unknown(_no_cell(tables[table], column), column, columns))
        views = [view for view in package.views if view.traced]
        about = {view.title: _said(con, view, table, key) for view in views}
    return Trace(table, key, [c for c in cells if column in (None, c["column_name"])], about)


def _said(con: duckdb.DuckDBPyConnection, view: View, table: str, key: str) -> list[Record]:
    query = f"SELECT * EXCLUDE (table_name, row_key) FROM {name(view.name)} WHERE table_name = $1 AND row_key = $2"
    return _records(con, query, table, key)


def _records(con: duckdb.DuckDBPyConnection, query: str, *values: str) -> list[Record]:
    result = con.execute(query, list(values))
    columns = [column[0] for column in result.description]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]


def _unknown(found: str, given: str, known: list[str]) -> str:
    """What is not there, and what is: the nearest name, or all of them."""
    near = difflib.get_close_matches(given, known, 1)
    return f"{found}; expected one of {', '.join(known)}." + (f' Did you mean "{near[0]}"?' if near else "")


def _no_cell(table: Resource, column: str) -> str:
    if column not in table.names():
        return f'{table.name} has no column "{column}"'
    if table.field(column).words("derivation"):
        return f"the cell {column} is blank, so there is nothing to trace"
    return f"{column} is a key or a pointer of ours and states no fact"


def _no_row(con: duckdb.DuckDBPyConnection, table: Resource, key: str) -> str:
    keys = f"SELECT {row_key(table)} AS key FROM {name(table.name)}"
    if con.execute(f"SELECT count(*) FROM ({keys}) WHERE key = $1", [key]).fetchall() != [(0,)]:
        return f'no cell of the row "{key}" of {table.name} was taken from a source.'
    nearest = "contains(key, $1) DESC, jaro_winkler_similarity(key, $1) DESC, key"
    near = con.execute(f"SELECT key FROM ({keys}) ORDER BY {nearest} LIMIT 3", [key]).fetchall()
    fields = " and ".join(table.primary_key)
    return f'{table.name} has no row "{key}"; expected its {fields}, such as {", ".join(repr(row[0]) for row in near)}.'
