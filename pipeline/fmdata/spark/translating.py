"""The SELECT of a table as Spark's: read by sqlglot, proved against DuckDB, and made anew."""

from __future__ import annotations

from collections.abc import Mapping

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
        tree = qualified(sql, tables)
    except sqlglot.errors.SqlglotError as error:
        raise UntranslatableError(str(error).splitlines()[0]) from None
    if (found := binder.columns(tree.sql("duckdb"))) != [(name.lower(), kind) for name, kind in wanted]:
        raise UntranslatableError(f"a SELECT whose columns are read as {found}")
    relations = Relations(spark, binder, macros, tables, prefix)
    text, columns = relations.query(tree, Scope({}, {}))
    return relations.fitted(text, columns, dict(wanted))


def qualified(sql: str, tables: Mapping[str, Mapping[str, Columns]]) -> exp.Expression:
    """A SELECT in which each column names its relation, and nothing stands for other columns."""
    return qualify(
        sqlglot.parse_one(sql, read="duckdb"),
        dialect="duckdb",
        db="main",
        schema={schema: {name: dict(columns) for name, columns in inside.items()} for schema, inside in tables.items()},
    )
