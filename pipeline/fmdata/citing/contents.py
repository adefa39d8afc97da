"""What the DuckDB file of a release holds: its tables, views and macros, by their names in small letters."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from fmdata.errors import FmdataError
from fmdata.sql import literal, name


@dataclass(frozen=True)
class Made:
    """A view or macro: `bodies` are what it is made of, each one SELECT or expression, `create` the SQL to make it."""

    bodies: tuple[str, ...]
    create: str


@dataclass(frozen=True)
class Contents:
    """The tables by their names in small letters; views, table macros and scalar macros with what they are made of.

    `columns` are the names, in small letters, of all columns of tables and views.
    """

    tables: dict[str, str]
    views: dict[str, Made]
    table_macros: dict[str, Made]
    macros: dict[str, Made]
    columns: frozenset[str]


def contents(con: duckdb.DuckDBPyConnection, database: str) -> Contents:
    """What an attached database holds."""
    own = f"database_name = {literal(database)} AND schema_name = 'main' AND NOT internal"
    tables = con.execute(f"SELECT table_name FROM duckdb_tables() WHERE {own}").fetchall()
    columns = con.execute(f"SELECT DISTINCT column_name FROM duckdb_columns() WHERE {own}").fetchall()
    views = con.execute(f"SELECT view_name, sql FROM duckdb_views() WHERE {own}").fetchall()
    macros: dict[str, dict[str, Made]] = {"table_macro": {}, "macro": {}}
    for kind, macro, parameters, body in con.execute(
        f"SELECT function_type, function_name, parameters, macro_definition FROM duckdb_functions() WHERE {own} "
        "AND function_type IN ('table_macro', 'macro') ORDER BY ALL"
    ).fetchall():
        word, select = ("TABLE ", body) if kind == "table_macro" else ("", f"SELECT {body}")
        create = f"CREATE OR REPLACE MACRO {name(macro)}({', '.join(map(name, parameters))}) AS {word}{body}"
        macros[kind][macro.lower()] = Made((select,), create)
    return Contents(
        {table.lower(): table for (table,) in tables},
        {view.lower(): _view(view, sql) for view, sql in views},
        macros["table_macro"],
        macros["macro"],
        frozenset(column.lower() for (column,) in columns),
    )


def _view(view: str, sql: str) -> Made:
    for written in (view, name(view)):
        if sql.startswith(start := f"CREATE VIEW {written} AS "):
            body = sql.removeprefix(start).strip().rstrip(";")
            return Made((body,), f"CREATE OR REPLACE VIEW {name(view)} AS {body}")
    raise FmdataError(f"the view {view} of the release is written in another way; expected CREATE VIEW … AS SELECT.")
