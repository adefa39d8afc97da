"""Whether the DuckDB file of a release is what its CSV files and its contract say."""

from __future__ import annotations

from pathlib import Path

import duckdb

from fmdata.contract import Package, Resource
from fmdata.contract.types import carried_values
from fmdata.sql import Room, connect, count, literal, name
from fmdata.writers.as_of import as_of
from fmdata.writers.csv import published_rows, published_values
from fmdata.writers.ddl import comments, statements
from fmdata.writers.doors import door

_OWN = ("_dictionary", "_release")
_SHAPE = {
    "columns": "SELECT table_name, column_name, data_type FROM duckdb_columns()",
    "constraints": "SELECT table_name, constraint_type, constraint_text FROM duckdb_constraints()",
}
_COMMENTS = (
    "SELECT table_name, '', comment FROM duckdb_tables() WHERE database_name = 'release' "
    "UNION ALL SELECT table_name, column_name, comment FROM duckdb_columns() WHERE database_name = 'release'"
)


def verify_database(
    folder: Path, package: Package, counts: dict[str, int], in_csv: dict[str, Fingerprint], room: Room
) -> list[str]:
    """Every way in which the file differs: tables and views, columns, constraints and comments, rows and values."""
    with connect(room) as con:
        con.execute(f"ATTACH {literal(folder / f'{package.name}.duckdb')} AS release (READ_ONLY)")
        con.execute("BEGIN")
        for _, making, keying in statements(package, counts):
            for statement in [*making, *keying]:
                con.execute(statement)
        for statement in [*door(package), *as_of(package, counts)]:
            con.execute(statement)
        faults = [*_views(con, package), *_macros(con), *_shape(con, package)]
        for resource in package if not faults else ():
            table = f"release.main.{name(resource.name)}"
            faults += differing_rows(
                con, folder, resource, counts[resource.name], in_csv[resource.name], table, "DuckDB"
            )
    return faults


def _shape(con: duckdb.DuckDBPyConnection, package: Package) -> list[str]:
    """Where tables differ from those made anew from the contract: columns, types, constraints, comments."""
    views = {view.name for view in package.views}
    faults = []
    for what, query in _SHAPE.items():
        release, contract = (
            {row for row in con.execute(f"{query} WHERE database_name = '{d}'").fetchall() if row[0] not in views}
            for d in ("release", "memory")
        )
        differing = {row[0] for row in release ^ contract}.difference(_OWN)
        faults += [f"{table}: its {what} in the DuckDB file are not the contract's" for table in sorted(differing)]
    written = {row for row in con.execute(_COMMENTS).fetchall() if row[0] not in views and row[0] not in _OWN}
    wanted = {(resource.name, *words) for resource in package for words in comments(resource).items()}
    differing = {row[0] for row in written ^ wanted}
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


def _macros(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Where the file's macros differ from those made anew from the contract."""
    # A stored definition is written with other parentheses than one just made, and with another name of a type.
    definition = r"replace(regexp_replace(macro_definition, '[()\s]', '', 'g'), 'TIMESTAMP_US', 'TIMESTAMP')"
    query = f"SELECT function_name, parameters, {definition}, comment FROM duckdb_functions() WHERE database_name = ?"
    release, contract = (
        {str(row): row[0] for row in con.execute(query, [d]).fetchall()} for d in ("release", "memory")
    )
    differing = {(release | contract)[row] for row in release.keys() ^ contract.keys()}
    return [f"{macro}: the macro in the DuckDB file is not the contract's" for macro in sorted(differing)]


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
