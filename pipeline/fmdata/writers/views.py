"""The views of a release: `pipeline/views/<view>.sql`, one SELECT each, described in the contract."""

from __future__ import annotations

import duckdb

from fmdata.contract import Package, View
from fmdata.errors import FmdataError
from fmdata.files import listing
from fmdata.sql import literal, name
from fmdata.tables import read_select

VIEWS = "pipeline/views"


def create_views(con: duckdb.DuckDBPyConnection, package: Package) -> None:
    """Make the views of a release. Raises `FmdataError` for one that does not work, or is not as the contract says."""
    for view, sql in _views(package):
        _create(con, view, sql)


def read_views(con: duckdb.DuckDBPyConnection, package: Package) -> None:
    """Read every row of every view as a reader of the release will: with nothing but the release at hand.

    Raises `FmdataError` for one that does not work.
    """
    for view in package.views:
        try:
            con.execute(f"FROM {name(view.name)}").fetchall()
        except duckdb.Error as error:
            raise FmdataError(f"{VIEWS}/{view.name}.sql: the view does not work. {error}") from None


def _views(package: Package) -> list[tuple[View, str]]:
    files = {path.stem for path in listing(package.root / VIEWS, ".sql")}
    described = {view.name for view in package.views}
    for view in sorted(files ^ described):
        missing = f"{VIEWS}/{view}.sql: there is no such file; expected the SELECT of the view {view}."
        unknown = f"{VIEWS}/{view}.sql: {package.path} describes no such view. Describe it under views."
        raise FmdataError(missing if view in described else unknown)
    return [(view, read_select(package.root, f"{VIEWS}/{view.name}.sql")) for view in package.views]


def _create(con: duckdb.DuckDBPyConnection, view: View, sql: str) -> None:
    try:
        con.execute(f"CREATE VIEW {name(view.name)} AS {sql}")
        columns = [row[0] for row in con.execute(f"DESCRIBE {name(view.name)}").fetchall()]
    except duckdb.Error as error:
        raise FmdataError(f"{VIEWS}/{view.name}.sql: the view does not work. {error}") from None
    if columns != (described := [field for field, _ in view.fields]):
        found, expected = ", ".join(columns), ", ".join(described)
        raise FmdataError(f"{VIEWS}/{view.name}.sql: found the columns {found}; the contract describes {expected}.")
    con.execute(f"COMMENT ON VIEW {name(view.name)} IS {literal(view.description)}")
    for column, words in view.fields:
        con.execute(f"COMMENT ON COLUMN {name(view.name)}.{name(column)} IS {literal(words)}")
