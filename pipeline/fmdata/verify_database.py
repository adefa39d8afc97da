"""Whether the DuckDB file of a release is what its CSV files and its contract say."""

from __future__ import annotations

from pathlib import Path

import duckdb

from fmdata.contract import Package, Resource
from fmdata.contract.types import carried_values
from fmdata.sql import Room, connect, count, literal, name
from fmdata.writers.csv import published_rows, published_values
from fmdata.writers.ddl import comments
from fmdata.writers.shape import Shape, shape

_OWN = ("_dictionary", "_release")
_COMMENTS = (
    "SELECT table_name, '', comment FROM duckdb_tables() WHERE database_name = 'release' "
    "UNION ALL SELECT table_name, column_name, comment FROM duckdb_columns() WHERE database_name = 'release'"
)


def verify_database(
    folder: Path,
    package: Package,
    counts: dict[str, int],
    in_csv: dict[str, Fingerprint],
    wanted: Shape,
    room: Room,
) -> list[str]:
    """Every way in which the file differs: tables and views, columns, constraints and comments, rows and values.

    `wanted` is the shape that it should have.
    """
    with connect(room) as con:
        con.execute(f"ATTACH {literal(folder / f'{package.name}.duckdb')} AS release (READ_ONLY)")
        con.execute("BEGIN")
        faults = [*_views(con, package), *_differing(con, package, wanted)]
        for resource in package if not faults else ():
            table = f"release.main.{name(resource.name)}"
            faults += differing_rows(
                con, folder, resource, counts[resource.name], in_csv[resource.name], table, "DuckDB"
            )
    return faults


def _differing(con: duckdb.DuckDBPyConnection, package: Package, wanted: Shape) -> list[str]:
    """Where the file's macros, columns, types, constraints and comments differ from those of the contract."""
    found, views = shape(con, "release"), {view.name for view in package.views}
    differing = {row[0] for row in found.macros ^ wanted.macros}
    faults = [f"{macro}: the macro in the DuckDB file is not the contract's" for macro in sorted(differing)]
    for what, rows in found.tables.items():
        differing = {row[0] for row in rows ^ wanted.tables[what]}.difference(_OWN, views)
        faults += [f"{table}: its {what} in the DuckDB file are not the contract's" for table in sorted(differing)]
    written = {row for row in con.execute(_COMMENTS).fetchall() if row[0] not in views and row[0] not in _OWN}
    asked = {(resource.name, *words) for resource in package for words in comments(resource).items()}
    differing = {row[0] for row in written ^ asked}
    return faults + [f"{table}: its comments in the DuckDB file are not the contract's" for table in sorted(differing)]


def _views(con: duckdb.DuckDBPyConnection, package: Package) -> list[str]:
    """Where the file's views and their comments differ from the contract, or its own two tables are missing."""
    query = "SELECT view_name, comment FROM duckdb_views() WHERE database_name = 'release' AND NOT internal"
    found = set(con.execute(query).fetchall())
    faults = [
        f"{view}: the view is not the contract's"
        for view in sorted({row[0] for row in found ^ {(view.name, view.description) for view in package.views}})
    ]
    query = "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE database_name = 'release'"
    told = set(con.execute(query).fetchall())
    wanted = {(view.name, column, words) for view in package.views for column, words in view.fields}
    faults += [f"{view}.{column}: its comment is not the contract's" for view, column, _ in sorted(wanted - told)]
    there = {table for table, *_ in told}
    return [*faults, *(f"{table}: the DuckDB file has no such table" for table in _OWN if table not in there)]


# Of rows, whatever their order: their number and a sum over the hashes of their values.
Fingerprint = tuple[int, int]
NOTHING: Fingerprint = (0, 0)


def differing_rows(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    resource: Resource,
    rows: int,
    csv_rows: Fingerprint,
    relation: str,
    form: str,
) -> list[str]:
    """Where the rows of the CSV file differ from those of a typed relation: as sets with repetition.

    `form` is what the relation is in: "DuckDB" or "Parquet"; `csv_rows` is the fingerprint of the CSV file.
    """
    in_file = f"(SELECT {carried_values(resource.fields)} FROM {relation})"
    file_rows = fingerprint(con, resource, in_file)
    if csv_rows[0] != rows or file_rows[0] != rows:
        return [f"{resource.name}: {csv_rows[0]} rows in CSV, {file_rows[0]} in {form}, not {rows}"]
    if csv_rows != file_rows:
        in_csv = f"SELECT {published_values(resource)} FROM {published_rows(resource, folder)}"
        differing = count(con, f"({in_csv} EXCEPT ALL FROM {in_file})")
        return [f"{resource.name}: {differing} rows differ between CSV and {form}"]
    return []


def fingerprint(con: duckdb.DuckDBPyConnection, resource: Resource, rows: str) -> Fingerprint:
    """The fingerprint of the typed rows of a relation."""
    columns = ", ".join(map(name, resource.names()))
    query = f"SELECT count(*), coalesce(sum(hash({columns})::HUGEINT), 0) FROM {rows}"
    found, total = con.execute(query).fetchall()[0]
    return int(found), int(total)
