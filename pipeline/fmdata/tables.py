"""Published tables out of extracts: one SELECT a table, run in the order in which they read each other."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

import duckdb

from fmdata.contract import Package, Resource
from fmdata.errors import Failure, FmdataError
from fmdata.files import listing
from fmdata.order import in_order
from fmdata.sql import count, name, one_select, parse

FOLDER = "pipeline/tables"
MACROS = "pipeline/macros.sql"
LINEAGE = ("_file", "_line")


@dataclass(frozen=True)
class Select:
    """The SELECT of a table, and the published tables that it reads."""

    sql: str
    reads: Set[str]


def selects(con: duckdb.DuckDBPyConnection, package: Package) -> dict[str, Select]:
    """The SELECT of each table that comes from extracts, in an order in which each can read those before it.

    A project without `pipeline/tables/` publishes its extracts as they are: its SELECTs are made here.
    """
    wanted = [r.name for r in package if not r.generated]
    folder = package.root / FOLDER
    if not folder.is_dir():
        return {table: Select(f"SELECT * FROM raw.{name(table)}", frozenset()) for table in wanted}
    files = {path.stem: path for path in listing(folder, ".sql")}
    for table in sorted(set(wanted) ^ set(files)):
        if table in files:
            raise FmdataError(f"{FOLDER}/{table}.sql: the contract has no such table. Describe it or remove the file.")
        raise FmdataError(f"{FOLDER}/{table}.sql: there is no such file; expected the SELECT of the table {table}.")
    found = {table: read_select(package.root, f"{FOLDER}/{table}.sql") for table in wanted}
    return _in_order(con, found)


def is_published_as_is(package: Package, raw: Package) -> bool:
    """Whether the extracts are the tables: one contract for both, and no SELECT between them."""
    return raw.path == package.path and not (package.root / FOLDER).is_dir()


def read_select(root: Path, file: str) -> str:
    """The one SELECT a SQL file holds. Raises `FmdataError` when it holds something else."""
    return one_select(read_text(root, file), file)


def read_text(root: Path, file: str) -> str:
    """The text of a file of the pipeline. Raises `FmdataError` when it is not UTF-8."""
    try:
        return (root / file).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise FmdataError(f"{file}: not UTF-8 text ({error.reason}, byte {error.start}). Save it as UTF-8.") from None


def _in_order(con: duckdb.DuckDBPyConnection, found: dict[str, str]) -> dict[str, Select]:
    # An extract may have a table's own name: only the bare name, without `raw.`, is the published table.
    waits = {table: _read_by(con, table, sql) & found.keys() for table, sql in found.items()}
    order, left = in_order(waits)
    if left:
        circle = ", ".join(sorted(left))
        raise FmdataError(f"{FOLDER}: these SELECTs wait for each other: {circle}. Let one of them read extracts only.")
    return {table: Select(found[table], waits[table]) for table in order}


def _read_by(con: duckdb.DuckDBPyConnection, table: str, sql: str) -> set[str]:
    """The relations a SELECT reads, as it writes them, without their aliases."""
    try:
        return {relation.split(" AS ")[0].strip('"') for relation in con.get_table_names(sql, qualified=True)}
    except duckdb.Error as error:
        raise FmdataError(f"{FOLDER}/{table}.sql: the SELECT does not run. {error}") from None


def macros(con: duckdb.DuckDBPyConnection, root: Path) -> None:
    """Make the macros that the SELECTs share."""
    file = root / MACROS
    if not file.is_file():
        return
    for statement in parse(read_text(root, MACROS), MACROS):
        if statement.type != duckdb.StatementType.CREATE or " MACRO " not in statement.query.upper():
            raise FmdataError(f"{MACROS}: found {statement.type.name}; expected CREATE MACRO alone.")
        try:
            con.execute(statement)
        except duckdb.Error as error:
            raise FmdataError(f"{MACROS}: a macro cannot be made. {error}") from None


def select(con: duckdb.DuckDBPyConnection, resource: Resource, sql: str) -> list[Failure]:
    """Run a table's SELECT into `selected.<table>`, rows in the order of their extracts, ties by primary key.

    Returns what its columns lack. Raises `FmdataError` when the SELECT does not run.
    """
    file = f"{FOLDER}/{resource.name}.sql"
    order = ", ".join([*LINEAGE, *map(name, resource.primary_key)])
    target = f"selected.{name(resource.name)}"
    try:
        con.execute(f"CREATE TABLE {target} AS {with_lineage(sql)} ORDER BY {order}")
        columns = _columns(con, target)
        if any(re.search(r"_\d+$", column) for column in columns):
            # It may be the second of two columns of one name, which the SELECT alone still tells.
            columns = _columns(con, sql)
        lost = count(con, f"{target} WHERE _file IS NULL OR _line IS NULL")
    except duckdb.BinderException as error:
        # Either the SELECT is wrong, or it lacks a column that rows are ordered by.
        columns, lost = _columns(con, sql, error, file), 0
    except duckdb.Error as error:
        raise FmdataError(f"{file}: the SELECT does not run. {error}") from None
    expect_lineage(resource, lost)
    return _column_failures(resource, file, columns)


def with_lineage(sql: str) -> str:
    """A table's SELECT, where its rows come from being a text and a whole number."""
    return f"SELECT * REPLACE (CAST(_file AS VARCHAR) AS _file, CAST(_line AS BIGINT) AS _line) FROM ({sql}\n)"


def expect_lineage(resource: Resource, lost: int) -> None:
    """Raise `FmdataError` where so many rows do not say where they come from."""
    if lost:
        file = f"{FOLDER}/{resource.name}.sql"
        raise FmdataError(f"{file}: {lost} rows have no _file or no _line; expected the extract's for every row.")


def _columns(
    con: duckdb.DuckDBPyConnection, relation: str, cause: duckdb.Error | None = None, file: str = ""
) -> list[str]:
    try:
        return [row[0] for row in con.execute(f"DESCRIBE {relation}").fetchall()]
    except duckdb.Error:
        raise FmdataError(f"{file}: the SELECT does not run. {cause}") from None


def _column_failures(resource: Resource, file: str, columns: list[str]) -> list[Failure]:
    failures = []
    for missing in [n for n in [*resource.names(), *LINEAGE] if n not in columns]:
        found = f"the SELECT gives no column {missing}"
        failures.append(Failure(file, 0, 0, resource.name, missing, "columns", found, "every field of the contract"))
    for twice in sorted({n for n in columns if columns.count(n) > 1}):
        found = f"the SELECT gives the column {twice} twice"
        failures.append(Failure(file, 0, 0, resource.name, twice, "columns", found, "each column once", "Rename one"))
    for extra in [n for n in columns if n not in resource.names() and not n.startswith("_")]:
        found = f"the contract knows no column {extra}"
        advice = "Describe it in the contract, or begin its name with _ if it is a working column"
        failures.append(Failure(file, 0, 0, resource.name, extra, "columns", found, "the contract's fields", advice))
    return failures
