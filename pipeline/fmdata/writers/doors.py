"""The door from a row to where it stands: the table macro `where_from` of the DuckDB file, made from the contract."""

from __future__ import annotations

from fmdata.contract import Lineage, Package, Resource, lineage
from fmdata.contract.roles import MEASURES, POSITION
from fmdata.contract.types import write
from fmdata.provenance import fact_tables, row_key
from fmdata.sql import literal, name

DOOR = "where_from"
PARAMETERS = ("_table", "_row")
DESCRIPTION = (
    "One row is one cell of the row that is asked for: its value, how it came about, the words of the source it rests "
    "on, and where these stand. Ask with FROM where_from('table', 'row key'); the parts of a longer key are joined by "
    "a blank."
)
_COLUMNS = {
    "column_name": "The column.",
    "value": "The value of the cell, as text.",
    "derivation": "How the value came about.",
    "as_written": "The words of the place that it rests on; NULL where it was inferred or curated.",
    "passage_id": "The place.",
    "source_id": "The source.",
    "section_id": "The section that holds the place.",
    "section": "The heading of that section.",
}


def door(package: Package) -> list[str]:
    """SQL: the statements that make the macro and say what it is, none for a contract without provenance."""
    found = lineage(package)
    if found is None:
        return []
    columns = ", ".join(f"{sql} AS {name(column)}" for column, sql in columns_of(found).items())
    values = cell_values(package)
    joins = f"JOIN {name(found.places.name)} AS place ON place.{name(found.place_key)} = cell.passage_id"
    if found.sections:
        joins += f" LEFT JOIN {name(found.sections.name)} AS part ON part.{name(found.section_key)} = place.section_id"
    return [
        # Parameters are put in as text: no field begins with _, and the asker's names are bound before ours are known.
        f"CREATE MACRO {DOOR}({', '.join(PARAMETERS)}) AS TABLE SELECT {columns} "
        "FROM (SELECT CAST(_table AS VARCHAR) AS asked_table, CAST(_row AS VARCHAR) AS asked_row) AS asked "
        f"JOIN {name(found.cells.name)} AS cell "
        "ON cell.table_name = asked_table AND cell.row_key = asked_row "
        f"JOIN ({values}) AS row_ ON row_.row_key = cell.row_key AND row_.table_name = cell.table_name "
        f"{joins}, unnest(row_.cells) AS held(told) "
        "WHERE told.name = cell.column_name ORDER BY cell.rowid",
        f"COMMENT ON MACRO TABLE {DOOR} IS {literal(DESCRIPTION)}",
    ]


def cell_values(package: Package) -> str:
    """SQL: one row a row that states facts: table_name, row_key, and `cells`, a list of column names with texts."""
    return " UNION ALL ".join(map(_values, fact_tables(package)))


def columns_of(found: Lineage) -> dict[str, str]:
    """The macro's columns, each with the SQL of its value."""
    columns = {"column_name": "cell.column_name", "value": "told.value"}
    columns |= {column: f"cell.{column}" for column in ("derivation", "as_written", "passage_id")}
    there = found.places.names()
    columns |= {
        column: f"place.{column}" for column in ("source_id", "section_id", *POSITION, *MEASURES) if column in there
    }
    if found.sections and "heading" in found.sections.names():
        columns["section"] = "part.heading"
    return columns


def describe(found: Lineage) -> dict[str, str]:
    """The macro's columns, each in words."""
    places = {field.name: field.words("description") or field.words("title") for field in found.places.fields}
    return {column: _COLUMNS.get(column) or places[column] for column in columns_of(found)}


def _values(table: Resource) -> str:
    cells = ", ".join(
        f"{{'name': {literal(field.name)}, 'value': {write(field, name(field.name))}}}"
        for field in table.fields
        if field.words("derivation")
    )
    key = f"{literal(table.name)} AS table_name, {row_key(table)} AS row_key"
    return f"SELECT {key}, [{cells}] AS cells FROM {name(table.name)}"
