# ruff: noqa: E402 - what is imported needs PySpark, which may be missing
"""SELECTs on Spark: of the data itself, of faulty projects, and of whatever else a SELECT may hold."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from conftest import copy_inputs

pytest.importorskip("pyspark", reason="PySpark is not installed; pip install 'fmdata[spark]'")
pytestmark = pytest.mark.spark

import pyarrow

from fmdata.assemble import assemble, check_tables, workspace
from fmdata.changes import dated
from fmdata.contract import load
from fmdata.errors import CheckError, FmdataError
from fmdata.failures import Failures
from fmdata.spark.answering import view
from fmdata.spark.binding import Binder
from fmdata.spark.kinds import UntranslatableError, arrow_kind, carried
from fmdata.spark.translating import translated
from fmdata.sql import Room, name
from spark_selected import selected
from test_cases import BASES, CASES, NAMES, _make, _read

MACROS = "CREATE MACRO shout(x) AS upper(x) || '!'; CREATE MACRO two(x, y := 2) AS x + y;"
ROWS = """
CREATE SCHEMA raw;
CREATE TABLE raw.a (id BIGINT, k VARCHAR, n BIGINT, d DOUBLE, f BOOLEAN, day DATE, s VARCHAR, js JSON,
    ts TIMESTAMP, y INTEGER);
INSERT INTO raw.a VALUES
    (1, 'x', 5, 1.5, true, '2024-01-02', 'a,b', '{"a":1}', '2024-01-01 10:00:00', 2020),
    (2, 'y', NULL, 'nan', false, NULL, 'b', NULL, NULL, 2021),
    (3, 'x', 7, -0.0, NULL, '2023-12-31', '', '[1]', '1999-12-31 23:59:59.123456', 1999),
    (4, NULL, 5, 0.0, true, '2024-01-02', NULL, NULL, NULL, NULL),
    (5, 'Ä$''\\n', -3, 'inf', NULL, NULL, 'c,,d', NULL, NULL, 7),
    (6, 'z', 9223372036854775807, 1e300, false, '0001-01-01', 'é', NULL, NULL, 2020);
CREATE TABLE raw.b (k VARCHAR, t VARCHAR, w BIGINT, day DATE);
INSERT INTO raw.b VALUES ('x', 'one', 1, '2024-01-02'), ('x', 'two', 2, NULL), ('y', 'three', NULL, '2024-01-01'),
    (NULL, 'four', 4, NULL), ('q', 'five', 5, '2020-02-29');
CREATE TABLE main.c (k VARCHAR, _note VARCHAR);
INSERT INTO main.c VALUES ('x', 'n1'), ('y', NULL);
"""
SELECTS = _read(Path(__file__).parent / "spark_selects.json")


@pytest.fixture(scope="module")
def data(spark, tmp_path_factory):
    """The data's own tables: as the local engine makes them, and as Spark does."""
    root, scratch = copy_inputs(tmp_path_factory.mktemp("data") / "project"), tmp_path_factory.mktemp("scratch")
    with (
        selected(spark, root, scratch) as (package, tables),
        workspace(Room(1_000_000_000, tmp_path_factory.mktemp("local"))) as con,
        Failures(root) as found,
    ):
        assemble(con, package, found, lambda _: None, scratch)
        yield con, tables


def test_each_table_of_the_data_has_the_rows_it_has_locally_in_their_order(data):
    con, tables = data
    made = [table for table, making in tables.tables.items() if not making.resource.generated]
    assert len(made) == 25
    for table in made:
        rows = con.sql(f"SELECT * FROM main.{name(table)} ORDER BY rowid")
        ordered = tables.ordered(table)
        assert ordered.columns == rows.columns, table
        assert [tuple(row) for row in ordered.collect()] == rows.fetchall(), table


def _corrects(case):
    """Whether a case is of corrections, of which `test_spark_cases` has few but for `make test-slow`."""
    make = _read(CASES / case / "make.json") if (CASES / case / "make.json").exists() else {}
    return case.startswith("correction-") and not make.get("released")


@pytest.mark.parametrize("case", [case for case in NAMES if _corrects(case)])
def test_a_fault_is_told_as_it_is_locally(spark, case, tmp_path):
    root, own = tmp_path / "project", CASES / case
    make = _read(own / "make.json") if (own / "make.json").exists() else {}
    if "base" in make:
        shutil.copytree(BASES / make["base"], root)
    shutil.copytree(own, root, ignore=shutil.ignore_patterns("expected.json", "make.json"), dirs_exist_ok=True)
    _make(root, make)

    def locally():
        scratch = tmp_path / "local"
        scratch.mkdir()
        package = dated(load(root))
        with workspace(Room(1_000_000_000, scratch)) as con, Failures(root) as found:
            check_tables(con, assemble(con, package, found, lambda _: None, scratch), found, lambda _: None)

    def on_spark():
        scratch = tmp_path / "spark"
        scratch.mkdir()
        with selected(spark, root, scratch):
            pass

    assert _told(locally) == _told(on_spark)


def _told(work):
    try:
        work()
    except CheckError as error:
        return sorted(map(str, error.failures))
    except FmdataError as error:
        return str(error)
    raise AssertionError("nothing was told")


@pytest.fixture(scope="module")
def small(spark):
    """Two small extracts and a table, with every type and NULL in them, for both engines."""
    with duckdb.connect() as con:
        con.execute(f"SET TimeZone = 'UTC'; {ROWS} {MACROS}")
        tables = {"raw": {}, "main": {}}
        for schema, table in (("raw", "a"), ("raw", "b"), ("main", "c")):
            columns = {row[0]: row[1] for row in con.execute(f"DESCRIBE {schema}.{table}").fetchall()}
            tables[schema][table] = columns
            cells = ", ".join(f"CAST({column} AS {carried(kind)}) AS {column}" for column, kind in columns.items())
            rows = con.sql(f"SELECT {cells} FROM {schema}.{table}").to_arrow_table()
            typed = pyarrow.schema([(column, arrow_kind(kind)) for column, kind in columns.items()])
            spark.createDataFrame(rows.cast(typed)).createOrReplaceTempView(view(schema, table))
        yield con, tables


@pytest.mark.parametrize("sql", SELECTS["same"])
def test_a_select_gives_the_same_rows(spark, small, sql):
    con, tables = small
    text = translated(spark, Binder(con), MACROS, tables, sql, "with__test__")
    found = sorted(repr([_plain(cell) for cell in row]) for row in spark.sql(text).collect())
    assert found == sorted(repr(list(row)) for row in con.execute(sql).fetchall())


def _plain(cell):
    """A value of Spark's as DuckDB gives it to Python."""
    if hasattr(cell, "asDict"):
        return cell.asDict()
    return (
        int(cell) if type(cell).__name__ == "Decimal" and cell == int(cell) and not cell.as_tuple().exponent else cell
    )


@pytest.mark.parametrize(("sql", "word"), SELECTS["refused"])
def test_what_spark_would_do_otherwise_is_refused(spark, small, sql, word):
    con, tables = small
    con.execute(sql).fetchall()
    with pytest.raises(UntranslatableError) as told:
        translated(spark, Binder(con), MACROS, tables, sql, "with__test__")
    assert word in told.value.found


@pytest.mark.parametrize("sql", SELECTS["by chance"])
def test_what_is_a_matter_of_chance_fails(spark, small, sql):
    con, tables = small
    text = translated(spark, Binder(con), MACROS, tables, sql, "with__test__")
    with pytest.raises(Exception, match="a matter of chance"):
        spark.sql(text).collect()
