"""What a DuckDB file is made of beside rows, and what the contract asks it to be made of."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

import duckdb

from fmdata.contract import Package
from fmdata.sql import Room, connect, literal
from fmdata.writers.as_of import as_of
from fmdata.writers.ddl import statements
from fmdata.writers.doors import door

_SHAPE = {
    "columns": "SELECT table_name, column_name, data_type FROM duckdb_columns()",
    "constraints": "SELECT table_name, constraint_type, constraint_text FROM duckdb_constraints()",
}
# A stored definition is written with other parentheses than one just made, and with another name of a type.
_DEFINITION = r"replace(regexp_replace(macro_definition, '[()\s]', '', 'g'), 'TIMESTAMP_US', 'TIMESTAMP')"
_MACROS = f"SELECT function_name, parameters, {_DEFINITION}, comment FROM duckdb_functions()"


@dataclass(frozen=True)
class Shape:
    """What a database is made of, but for its rows: its columns and constraints, by what they are called, and macros.

    One row is what DuckDB says of one of them, the name of its table or macro first.
    """

    tables: Mapping[str, Set[tuple[str, ...]]]
    macros: Set[tuple[str, ...]]


def shape(con: duckdb.DuckDBPyConnection, database: str) -> Shape:
    """The shape of an attached database."""
    where = f"WHERE database_name = {literal(database)}"
    macros = {(row[0], *map(str, row[1:])) for row in con.execute(f"{_MACROS} {where}").fetchall()}
    return Shape({what: {*con.execute(f"{query} {where}").fetchall()} for what, query in _SHAPE.items()}, macros)


def shape_of_contract(package: Package, counts: dict[str, int], room: Room) -> Shape:
    """The shape that the contract asks for, made anew in a database aside; `counts` are the rows of each table."""
    with connect(room) as con:
        con.execute("BEGIN")
        for _, making, keying in statements(package, counts):
            for statement in [*making, *keying]:
                con.execute(statement)
        for statement in [*door(package), *as_of(package, counts)]:
            con.execute(statement)
        return shape(con, "memory")
