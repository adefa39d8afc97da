"""Published tables out of extracts on Spark: the SELECTs that the local engine runs, one after the other.

An empty project is made on the driver just as the local engine makes one, which tells the order of the SELECTs, their
columns and the types of these. The rows themselves are Spark's, and the workers' alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import duckdb
import polars as pl
from py4j.protocol import Py4JError
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from fmdata.casts import cast
from fmdata.checks import Rules, as_they_are
from fmdata.checks.rules import sees_one_row
from fmdata.contract import Package, Resource
from fmdata.contract.roles import with_role
from fmdata.corrections import ROLE, Correction, accepted, by_table, correct, misplaced
from fmdata.errors import Failure, FmdataError, raise_if
from fmdata.failures import Failures
from fmdata.intake import hold, make_tables
from fmdata.spark.answering import expose, exposed
from fmdata.spark.binding import Binder
from fmdata.spark.evaluating import told
from fmdata.spark.expressions import Columns
from fmdata.spark.kept import Kept
from fmdata.spark.kinds import UntranslatableError, spark_kind
from fmdata.spark.making import BROKEN, MISCORRECTED, NO_RULE, SEEN, Making, made
from fmdata.spark.mapping import mapped
from fmdata.spark.shapes import ERROR, GIVEN, ROWS
from fmdata.spark.staging import Staged, expect_shippable
from fmdata.spark.storage import cause, telling
from fmdata.spark.texts import quoted
from fmdata.spark.translating import translated
from fmdata.spark.whole_tables import judged_whole
from fmdata.sql import name
from fmdata.tables import FOLDER, MACROS, expect_lineage, macros, read_text, select, selects, with_lineage


@dataclass
class Selected:
    """The tables of a project, as far as they are made: the rows of those that are no extracts are `kept`."""

    staged: Staged
    kept: Kept
    tables: dict[str, Making] = field(default_factory=dict)
    corrections: list[Correction] = field(default_factory=list)

    @property
    def spark(self) -> SparkSession:
        return self.staged.spark

    def rows(self, table: str) -> DataFrame:
        """The typed rows of a table, with working columns, `_file` and `_line`, in no order."""
        columns = [quoted(column) for column in self.tables[table].columns if not column.startswith(GIVEN)]
        return self.kept.rows(table).select(*columns)

    def ordered(self, table: str) -> DataFrame:
        """The typed rows of a table in the order in which they are published."""
        if table not in self.tables:
            return self.staged.ordered(table)
        making = self.tables[table]
        rows = self.kept.rows(table).orderBy(*(F.col(quoted(column)).asc_nulls_last() for column in making.order))
        return rows.select(*(quoted(column) for column in making.columns if not column.startswith(GIVEN)))

    def check(self, rules: dict[str, Rules], found: Failures) -> None:
        """Add to what is `found` what rows break, by themselves or together.

        Raises `FmdataError` for a rule that does not run.
        """
        for table, making in self.tables.items():
            for error in self.kept.told(table, NO_RULE):
                raise FmdataError(error.found)
            found.add(self.kept.frames(table, BROKEN))
            if beyond := [check for check in rules.get(table, []) if not sees_one_row(check)]:
                found.add(judged_whole(self.kept.rows(table), making.resource, making.order, as_they_are, beyond))

    def expose(self, table: str, rows: DataFrame) -> None:
        """Let SELECTs and questions find the rows of a table, with `_file` and `_line`."""
        expose(rows, "main", table)

    def make(self, making: Making, given: DataFrame) -> None:
        """Have the rows of a table made of what a SELECT gives; `rows` and SELECTs to come find them."""
        table = making.resource.name
        rows = mapped(given, made(making), making.spark_schema())
        lost = self.kept.write(table, rows, "_file IS NULL OR _line IS NULL")
        self.tables[table] = making
        for error in self.kept.told(table, ERROR):
            raise FmdataError(error.found)
        with telling(table):
            tied = self.kept.rows(table).groupBy("_file", "_line").count().where("count > 1")
            chance = not making.by and not making.resource.primary_key and not tied.isEmpty()
        expect_lineage(making.resource, lost)
        if chance:
            found = "makes several rows of one line, and no primary key says in which order they are published"
            raise FmdataError(f"{FOLDER}/{table}.sql: the SELECT {found}. Give the table {table} a primary key.")
        self.expose(table, self.rows(table))


def expose_extracts(spark: SparkSession, raw: Package, staged: Staged) -> None:
    """Let SELECTs and questions find the typed rows of extracts, each with its `_file`, `_line` and `_folder`."""
    for resource in raw:
        files = staged.extracts[resource.name].files
        known = [(number, file, _folder(file)) for number, file in enumerate(files)]
        placed = staged.rows(resource.name).join(
            F.broadcast(_once(spark.createDataFrame(known, "_extract int, _file string, _folder string"))),
            "_extract",
            "left",
        )
        fields = [F.col(quoted(one)) for one in resource.names()]
        expose(placed.select(*fields, "_file", "_line", "_folder"), "raw", resource.name)


def _once(files: DataFrame) -> DataFrame:
    """The same files, so that Spark knows each to be there once: a question that names none then goes without."""
    return files.coalesce(1).dropDuplicates(["_extract"])


def select_tables(
    con: duckdb.DuckDBPyConnection,
    package: Package,
    raw: Package,
    as_is: bool,
    staged: Staged,
    kept: Kept,
    rules: dict[str, Rules],
    found: Failures,
) -> Selected:
    """Make every table that is not generated: its rows by its SELECT and corrected, or of its extract `as_is`.

    `con` is a workspace without tables, which has them afterwards, all empty. The extracts are exposed. What is no
    value, and what cannot be corrected, is `found`. Raises `FmdataError` for a SELECT that does not run or that Spark
    cannot run just as DuckDB does, `CheckError` for one that lacks columns.
    """
    selected = Selected(staged, kept)
    selected.corrections = _begin(con, raw, staged)
    macros(con, package.root)
    wanted = selects(con, package)
    found.extend(wrong := misplaced(selected.corrections, package))
    of_table = by_table(selected.corrections, wrong)
    if as_is:
        for table, its in wanted.items():
            con.execute(f"CREATE VIEW main.{name(table)} AS {its.sql}")
            selected.expose(table, exposed(staged.spark, "raw", table))
        return selected
    text = read_text(package.root, MACROS) if (package.root / MACROS).is_file() else ""
    with _translating(package, MACROS, ""):
        binder = Binder(con)
    tables: dict[str, dict[str, Columns]] = {"raw": {}, "main": {}}
    for resource in raw:
        tables["raw"][resource.name.lower()] = _in_small_letters(_columns(con, "raw", resource))
    unfit = []
    for table, its in wanted.items():
        resource, own = package.resource(table), of_table.get(table, [])
        raise_if(select(con, resource, its.sql))
        # Without rows, nothing is wrong with any.
        cast(con, f"selected.{name(table)}", f"main.{name(table)}", resource)
        checks = [check for check in rules.get(table, []) if sees_one_row(check)]
        expect_shippable(resource, rules.get(table, []))
        with _translating(package, f"{FOLDER}/{table}.sql", its.sql), _running(table):
            spark_sql = translated(
                staged.spark, binder, text, tables, with_lineage(its.sql), f"with__{table.lower()}__"
            )
            kinds = _columns(con, "selected", resource)
            for kind in kinds.values():
                spark_kind(kind)
            selected.make(Making(resource, kinds, checks, own), staged.spark.sql(spark_sql))
        tables["main"][table.lower()] = _in_small_letters(_columns(con, "main", resource))
        found.add(selected.kept.frames(table, ROWS))
        unfit += _miscorrected(con, selected, resource, own)
    found.extend(unfit)
    return selected


def _begin(con: duckdb.DuckDBPyConnection, raw: Package, staged: Staged) -> list[Correction]:
    """Make the extracts' tables without rows; returns the corrections that are accepted, which are few."""
    for one in staged.extracts.values():
        make_tables(con, one)
    con.execute("SET enable_external_access = false")
    extract = with_role(raw, ROLE)
    if extract is None:
        return []
    hold(con, pl.DataFrame(staged.rows(extract.name).toArrow()), extract)
    found = accepted(con, raw)
    con.execute(f"DELETE FROM held.{name(extract.name)}")
    return found


def _miscorrected(
    con: duckdb.DuckDBPyConnection, selected: Selected, resource: Resource, own: list[Correction]
) -> list[Failure]:
    """What is wrong with the corrections of a table, in their order: of one whose row no worker had, as of no rows."""
    told_of = selected.kept.told
    seen = {(one.file, one.line) for one in told_of(resource.name, SEEN)} if own else set()
    wrong = {(one.file, one.line): one for one in told_of(resource.name, MISCORRECTED)} if own else {}
    failures = []
    for one in own:
        if (one.file, one.line) not in seen:
            failures += correct(con, resource, [one])
        elif failure := wrong.get((one.file, one.line)):
            failures.append(failure)
    return failures


def _columns(con: duckdb.DuckDBPyConnection, schema: str, resource: Resource) -> Columns:
    described = con.execute(f"DESCRIBE {schema}.{name(resource.name)}").fetchall()
    return {row[0]: row[1] for row in described}


def _in_small_letters(columns: Columns) -> Columns:
    """Columns as sqlglot calls them, for DuckDB takes small letters and capitals for the same."""
    return {column.lower(): kind for column, kind in columns.items()}


def _folder(file: str) -> str | None:
    """The folder below that of the extracts in which a file is, if it is in one."""
    parts = file.split("/")
    return parts[1] if len(parts) > 2 else None


@contextmanager
def _translating(package: Package, file: str, sql: str) -> Iterator[None]:
    """Tells as `FmdataError`, with file and line, what cannot be translated."""
    try:
        yield
    except UntranslatableError as error:
        where = file
        if error.line:
            # Comments above a SELECT are no part of it.
            before = read_text(package.root, file).partition(sql)[0].count("\n")
            where = f"{file}:{before + error.line}"
        advice = "Write it in another way, or build this project with --engine local"
        raise FmdataError(f"{where}: the Spark engine cannot run {error.found}. {advice}.") from None


@contextmanager
def _running(table: str) -> Iterator[None]:
    """Tells as `FmdataError` why a SELECT does not run: what DuckDB says on a worker, or else Spark.

    As `UntranslatableError`, what Spark does not understand.
    """
    try:
        yield
    except AnalysisException as error:
        raise UntranslatableError(f"the SELECT ({cause(error)[:-1]})") from None
    except (PySparkException, Py4JError) as error:
        why = told(error) or cause(error)
        raise FmdataError(f"{FOLDER}/{table}.sql: the SELECT does not run. {why}") from None
