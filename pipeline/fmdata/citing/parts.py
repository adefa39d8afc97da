"""Citing the dataset, one of its tables or one of its rows: nothing is run, and nothing written."""

from __future__ import annotations

import tempfile
from pathlib import Path

from fmdata import reader
from fmdata.citing.archive import LATEST, expect_place
from fmdata.contract import Package
from fmdata.errors import FmdataError, quote
from fmdata.history import RELEASES, opened
from fmdata.provenance import row_key
from fmdata.reader import reading_by_contract
from fmdata.references import Item, dataset_item, row_item, table_item
from fmdata.references.styles import bibliography
from fmdata.sql import name


def expect_style(style: str) -> None:
    """Raise `FmdataError` for a style that is not known, or that cannot be followed."""
    bibliography([{"id": "x", "type": "dataset", "title": "x"}], style)


def part(root: Path, place: str, table: str | None = None, row: tuple[str, str] | None = None) -> Item:
    """The item of a release, or of a table or row (table, key) of it. Raises `FmdataError` if it is not there."""
    expect_place(place)
    with tempfile.TemporaryDirectory(prefix="fmdata-") as aside, opened(place, root, Path(aside)) as release:
        package = release.package
        if row is not None:
            _expect_row(package, _database(root, place, package), *row)
            return row_item(package, *row)
        if table is not None:
            _expect_table(package, table, [view.name for view in package.views])
            return table_item(package, table)
        return dataset_item(package)


def _database(root: Path, place: str, package: Package) -> Path:
    folder = reader.LATEST if place == LATEST else f"{RELEASES}/{place}"
    return root / folder / f"{package.name}.duckdb"


def _expect_table(package: Package, table: str, views: list[str]) -> None:
    there = [*(resource.name for resource in package), *views]
    if table not in there:
        raise FmdataError(f"there is no table {quote(table)}; expected one of {', '.join(there)}.")


def _expect_row(package: Package, database: Path, table: str, key: str) -> None:
    _expect_table(package, table, [])
    resource = package.resource(table)
    if not resource.primary_key:
        raise FmdataError(f"the table {table} has no key to name a row by. Cite the table, or a query.")
    with reading_by_contract(database) as con:
        query = f"SELECT count(*) FROM {name(table)} WHERE {row_key(resource)} = $1"
        if con.execute(query, [key]).fetchall() == [(0,)]:
            fields = " and ".join(resource.primary_key)
            raise FmdataError(f"{table} has no row {quote(key)}; expected its {fields}, joined by a blank.")
