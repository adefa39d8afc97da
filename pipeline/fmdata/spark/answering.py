"""Questions about whole tables, asked in the SQL of the local engine and answered by Spark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl
import sqlglot
from pyspark.sql import DataFrame, SparkSession
from sqlglot import exp

from fmdata.checks import KeyQuestion
from fmdata.errors import FmdataError
from fmdata.spark.texts import quoted

# Rows of an answer that the driver holds at a time.
_AT_ONCE = 50_000
# Questions that are asked in one query: Spark looks for their answers at the same time.
_TOGETHER = 16


def view(schema: str, table: str) -> str:
    """What Spark calls the view of a table: its views have no schemas."""
    return f"{schema}__{table}"


def expose(rows: DataFrame, schema: str, table: str) -> None:
    """Let SELECTs and questions find the rows of a table."""
    rows.createOrReplaceTempView(quoted(view(schema, table)))


def exposed(spark: SparkSession, schema: str, table: str) -> DataFrame:
    """The rows of a table that were exposed."""
    return spark.table(quoted(view(schema, table)))


def translated(sql: str) -> str:
    """The SQL of DuckDB as that of Spark. Raises `FmdataError`, naming it, for what Spark has nothing like."""
    try:
        tree = sqlglot.parse_one(sql, read="duckdb")
        for table in tree.find_all(exp.Table):
            if table.db:
                table.replace(exp.to_table(quoted(view(table.db, table.name)), dialect="spark", alias=table.alias))
        found: str = tree.transform(_as_spark_has_it).sql("spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
        return found
    except sqlglot.errors.SqlglotError as error:
        raise FmdataError(f"cannot be asked of Spark: {str(error).splitlines()[0]}") from None


def broken(spark: SparkSession, questions: Sequence[KeyQuestion]) -> Iterator[pl.DataFrame]:
    """Frames of failures: how Spark answers questions about keys, some at a time."""
    for start in range(0, len(questions), _TOGETHER):
        some = questions[start : start + _TOGETHER]
        proofs = [f"SELECT {n}, * FROM ({translated(question.proof)}) AS t(proved)" for n, question in enumerate(some)]
        proved = dict(spark.sql(" UNION ALL ".join(proofs)).collect())
        for question in (question for n, question in enumerate(some) if not proved[n]):
            yield from map(question.tell, frames(spark.sql(translated(question.rows))))


def frames(rows: DataFrame) -> Iterator[pl.DataFrame]:
    """The rows of a query, some at a time, as many partitions as there are one after the other."""
    some = []
    for row in rows.toLocalIterator():
        some.append(tuple(row))
        if len(some) == _AT_ONCE:
            yield pl.DataFrame(some, rows.columns, orient="row")
            some = []
    if some:
        yield pl.DataFrame(some, rows.columns, orient="row", infer_schema_length=None)


def _as_spark_has_it(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.Anonymous) and node.name.lower() == "hash":
        # Of 64 bits, as DuckDB's is.
        return exp.func("xxhash64", *node.expressions)
    return node
