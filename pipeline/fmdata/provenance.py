"""Cell-level provenance: for every cell that states a fact, the place it was taken from and how.

A contract asks for it with a resource whose `generated` is "provenance". A table holds facts when it has a foreign key
`passage_id` to the table that the provenance resource itself points at; a field says with `derivation` how its cells
came about. Nothing is typed in: a cell that is blank has no row, and a row without a place has none.
"""

from __future__ import annotations

import duckdb

from fmdata.contract import Package, Resource
from fmdata.contract.types import write
from fmdata.errors import FmdataError
from fmdata.sql import literal, name

FIELDS = ("table_name", "row_key", "column_name", "passage_id", "derivation")
GENERATED = "provenance"


def generate(con: duckdb.DuckDBPyConnection, package: Package, schema: str) -> None:
    """Make `selected.<resource>` for the provenance resource, if the contract has one.

    One row a fact cell: table_name, row_key (the primary key's texts joined by a blank), column_name, passage_id (the
    row's place), derivation; with the fact row's `_file` and `_line`.
    """
    for resource in package:
        if resource.generated == GENERATED:
            parts = [
                f"SELECT *, {index} AS _table FROM ({_cells(schema, table, pointer)})"
                for index, (table, pointer) in enumerate(fact_tables(package, resource))
            ]
            con.execute(
                f"CREATE TABLE selected.{name(resource.name)} AS "
                f"SELECT * EXCLUDE (_table, _field) FROM ({' UNION ALL '.join(parts)}) "
                "ORDER BY _table, _file, _line, row_key, _field"
            )


def fact_tables(package: Package, resource: Resource) -> list[tuple[Resource, str]]:
    """Each table that holds facts, with the field that points at the place of a row."""
    if tuple(resource.names()) != FIELDS:
        raise FmdataError(f"{package.path}: {resource.name} is generated; expected the fields {', '.join(FIELDS)}.")
    targets = [key for key in resource.foreign_keys if key.fields == ("passage_id",)]
    if len(targets) != 1:
        raise FmdataError(f"{package.path}: {resource.name} needs one foreign key, from passage_id to the places.")
    found = []
    for table in package:
        pointers = [key.fields[0] for key in table.foreign_keys if key == targets[0]]
        if table.name != resource.name and pointers:
            if not table.primary_key:
                raise FmdataError(
                    f"{package.path}: {table.name} holds facts; expected a primary key to name its rows by."
                )
            found.append((table, pointers[0]))
    if not any(field.words("derivation") for table, _ in found for field in table.fields):
        place = targets[0].resource
        raise FmdataError(f"{package.path}: no table points at {place} and says its fields' derivation: no provenance.")
    return found


def _cells(schema: str, table: Resource, pointer: str) -> str:
    key = " || ' ' || ".join(write(table.field(field), name(field)) for field in table.primary_key)
    derivations = [(f.name, f.words("derivation")) for f in table.fields if f.words("derivation")]
    cells = ", ".join(
        f"{{'field': {index}, 'name': {literal(field)}, 'how': {literal(how)}, 'blank': {name(field)} IS NULL}}"
        for index, (field, how) in enumerate(derivations)
    )
    return (
        f"SELECT {literal(table.name)} AS table_name, row_key, cell.name AS column_name, passage_id, "
        f"cell.how AS derivation, _file, _line, cell.field AS _field "
        f"FROM (SELECT {key} AS row_key, {name(pointer)} AS passage_id, _file, _line, unnest([{cells}]) AS cell "
        f"FROM {schema}.{name(table.name)}) WHERE NOT cell.blank AND passage_id IS NOT NULL"
    )
