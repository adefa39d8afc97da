"""Cell-level provenance: for every cell that states a fact, the place it was taken from, how, and by which words.

A contract asks for it with a resource whose `generated` is "provenance". A field says with `derivation` how its cells
came about; with `passage` which column names their place, unless it is the row's `passage_id`; and with `asWritten`
which column holds the words they were made of, unless they are those words. Nothing is typed in: a cell that is blank
has no row, nor has one without a place, and one without words is inferred.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import duckdb

from fmdata.contract import Field, Lineage, Package, Resource, lineage
from fmdata.contract.types import write
from fmdata.errors import FmdataError
from fmdata.sql import literal, name

POINTER = "passage_id"
_ITSELF = ("verbatim", "split")
_RESTS_ON_WORDS = (*_ITSELF, "normalised")
ORDER = ("_table", "_file", "_line", "row_key", "_field")
"""The columns by which cells are ordered: those of `cells`, and `_table` among them, the number of the table."""


def generate(con: duckdb.DuckDBPyConnection, package: Package, corrected: Iterable[tuple[str, str, str]]) -> None:
    """Make `selected.<resource>` for the provenance resource, if the contract has one.

    One row a fact cell: table_name, row_key (the primary key's texts joined by a blank), column_name, passage_id (its
    place), derivation, as_written (the words of the place it rests on); with the fact row's `_file` and `_line`.
    Cells that were `corrected`, named by table, key and column, are curated, and rest on no words.
    """
    if found := lineage(package):
        target, parts = f"selected.{name(found.cells.name)}", cells(con, package, found).values()
        con.execute(
            f"CREATE TABLE {target} AS SELECT * EXCLUDE (_table, _field) FROM ({' UNION ALL '.join(parts)}) "
            f"ORDER BY {', '.join(ORDER)}"
        )
        curate(con, target, corrected)


def cells(con: duckdb.DuckDBPyConnection, package: Package, found: Lineage) -> dict[str, str]:
    """SQL, of each table that holds facts: its cells as `generate` tells them, before any is curated.

    With them, what `ORDER` orders them by. It reads the table alone, row by row. Raises `FmdataError` where a contract
    does not say where values stand.
    """
    _expect_places(package, found)
    tables = enumerate(fact_tables(package))
    return {table.name: f"SELECT *, {index} AS _table FROM ({_cells(con, table)})" for index, table in tables}


def curate(con: duckdb.DuckDBPyConnection, target: str, corrected: Iterable[tuple[str, str, str]]) -> None:
    """Say of cells that were `corrected` that they are curated, and rest on no words."""
    for cell in corrected:
        con.execute(
            f"UPDATE {target} SET derivation = 'curated', as_written = NULL "
            "WHERE table_name = $1 AND row_key = $2 AND column_name = $3",
            list(cell),
        )


def fact_tables(package: Package) -> list[Resource]:
    """Each table that holds facts: some of its fields say how their cells came about."""
    return [table for table in package if _fields(table)]


def _expect_places(package: Package, found: Lineage) -> None:
    """Raise `FmdataError` where a contract says how values came about, but not where they stand, or of no row.

    A published contract no longer names the columns that did, unless they are published.
    """
    tables = fact_tables(package)
    for table in tables:
        placeless = [field for field in _fields(table) if not field.words("passage") and POINTER not in table.names()]
        if placeless:
            silent = f"{table.name}.{placeless[0].name} says how its values came about, but not where they stand"
            raise FmdataError(f'{package.path}: {silent}; expected a field {POINTER}, or "passage" on the field.')
    for table in tables:
        if not table.primary_key:
            raise FmdataError(f"{package.path}: {table.name} holds facts; expected a primary key to name its rows by.")
    if not tables:
        place = found.places.name
        raise FmdataError(f"{package.path}: no table points at {place} and says its fields' derivation: no provenance.")


def row_key(table: Resource, column: Callable[[str], str] = name) -> str:
    """SQL: the text that names a row of a table, whose fields stand in columns that SQL calls so."""
    return " || ' ' || ".join(write(table.field(field), column(field)) for field in table.primary_key)


def _fields(table: Resource) -> list[Field]:
    return [field for field in table.fields if field.words("derivation")]


def _cells(con: duckdb.DuckDBPyConnection, table: Resource) -> str:
    source = f"main.{name(table.name)}"
    there = {row[0] for row in con.execute(f"DESCRIBE {source}").fetchall()}
    for field in _fields(table):
        for word in ("passage", "asWritten"):
            if (column := field.words(word)) and column not in there:
                where = f"pipeline/tables/{table.name}.sql: the SELECT gives no column {column}"
                raise FmdataError(
                    f"{where}, which the contract names as {word} of {field.name}. Add it or correct the contract."
                )
    cells = ", ".join(f"{{{', '.join(_cell(table, field))}}}" for field in _fields(table))
    words = ", ".join(map(literal, _RESTS_ON_WORDS))
    return (
        f"SELECT {literal(table.name)} AS table_name, row_key, cell.name AS column_name, cell.place AS passage_id, "
        f"CASE WHEN cell.how IN ({words}) AND cell.words IS NULL THEN 'inferred' ELSE cell.how END AS derivation, "
        f"CASE WHEN cell.how IN ({words}) THEN cell.words END AS as_written, _file, _line, cell.field AS _field "
        f"FROM (SELECT {row_key(table)} AS row_key, _file, _line, unnest([{cells}]) AS cell FROM {source}) "
        "WHERE NOT cell.blank AND cell.place IS NOT NULL"
    )


def _cell(table: Resource, field: Field) -> Iterator[str]:
    """SQL: the members of the struct that tells of one field's cell."""
    how, written, place = (field.words(word) for word in ("derivation", "asWritten", "passage"))
    places = dict.fromkeys(filter(None, (place, POINTER if POINTER in table.names() else "")))
    words = name(written) if written else write(field, name(field.name)) if how in _ITSELF else "NULL"
    yield f"'field': {table.names().index(field.name)}"
    yield f"'name': {literal(field.name)}"
    yield f"'how': {literal(how)}"
    yield f"'blank': {name(field.name)} IS NULL"
    yield f"'place': coalesce({', '.join(map(name, places))})"
    yield f"'words': CAST({words} AS VARCHAR)"
