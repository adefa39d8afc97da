"""The SELECT of a table as Spark's: read by sqlglot, proved against DuckDB, and made anew."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import sqlglot
from pyspark.sql import SparkSession
from sqlglot import exp
from sqlglot.optimizer.qualify import qualify

from fmdata.spark.binding import Binder
from fmdata.spark.expressions import Columns, Scope
from fmdata.spark.kinds import UntranslatableError
from fmdata.spark.relations import Relations


def translated(
    spark: SparkSession,
    binder: Binder,
    macros: str,
    tables: Mapping[str, Mapping[str, Columns]],
    sql: str,
    prefix: str,
) -> str:
    """Spark's text of a SELECT over `tables`, of each schema, all of which the binder has: with DuckDB's columns.

    Views that it needs are made, with names that begin with `prefix`.
    Raises `UntranslatableError` for what Spark cannot do just as DuckDB does.
    """
    wanted = binder.columns(sql)
    try:
        tree = sqlglot.parse_one(sql, read="duckdb")
        binder.expect_same_reading(sql, tree)
        return _translated(spark, binder, macros, tables, _qualified(tree, tables), wanted, prefix)
    except sqlglot.errors.SqlglotError as error:
        raise UntranslatableError(str(error).splitlines()[0]) from None
    except duckdb.Error as error:
        # It runs as it stands; only a part by itself does not.
        raise UntranslatableError(f"a part of the SELECT by itself ({str(error).splitlines()[0]})") from None


def _translated(
    spark: SparkSession,
    binder: Binder,
    macros: str,
    tables: Mapping[str, Mapping[str, Columns]],
    tree: exp.Expression,
    wanted: list[tuple[str, str]],
    prefix: str,
) -> str:
    if (found := binder.columns(tree.sql("duckdb"))) != [(name.lower(), kind) for name, kind in wanted]:
        raise UntranslatableError(f"a SELECT whose columns are read as {found}")
    relations = Relations(spark, binder, macros, tables, prefix)
    text, columns = relations.query(tree, Scope({}, {}))
    return relations.fitted(text, columns, dict(wanted))


def _qualified(tree: exp.Expression, tables: Mapping[str, Mapping[str, Columns]]) -> exp.Expression:
    """A SELECT in which each column names its relation, and nothing stands for other columns."""
    schema = {schema: {name: dict(columns) for name, columns in inside.items()} for schema, inside in tables.items()}
    return qualify(tree, dialect="duckdb", db="main", schema=schema)
