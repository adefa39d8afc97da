"""Tables that the engine makes of others on Spark: the provenance of cells, and the history, which has no row yet."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

import duckdb
import pyarrow as pa
from pyspark.sql import DataFrame

from fmdata.checks import Rules
from fmdata.checks.rules import sees_one_row
from fmdata.contract import Package
from fmdata.contract.roles import lineage, log_of
from fmdata.failures import Failures
from fmdata.provenance import ORDER, cells, curate
from fmdata.spark.answering import exposed
from fmdata.spark.gathering import Shape, database
from fmdata.spark.kinds import arrow_kind, carried, spark_kind
from fmdata.spark.making import Making
from fmdata.spark.mapping import Batches, Work, mapped
from fmdata.spark.selecting import Selected
from fmdata.spark.shapes import ROWS
from fmdata.spark.staging import expect_shippable
from fmdata.spark.storage import telling
from fmdata.spark.texts import quoted
from fmdata.sql import name

_PLACE = {"_file": "string", "_line": "bigint"}


def generate(
    con: duckdb.DuckDBPyConnection, package: Package, tables: Selected, rules: dict[str, Rules], found: Failures
) -> None:
    """Make what is generated of the `tables` that are made; what is no value is `found`.

    `con` has all of them without rows. Raises `FmdataError` where a contract does not say where values stand.
    """
    if log := log_of(package):
        kinds = dict.fromkeys(log.names(), "string") | _PLACE
        schema = ", ".join(f"{quoted(field)} {kind}" for field, kind in kinds.items())
        tables.expose(log.name, tables.spark.createDataFrame([], schema))
    if lines := lineage(package):
        resource, queries = lines.cells, cells(con, package, lines)
        kinds = _described(con, f"({' UNION ALL '.join(queries.values())})")
        parts = []
        for table, query in queries.items():
            corrected = [one.cell for one in tables.corrections if one.table == table]
            there = Shape(f"main.{name(table)}", _described(con, f"main.{name(table)}"))
            rows = exposed(tables.spark, "main", table).select(*map(quoted, there.columns))
            parts.append(mapped(rows, _cells(there, query, kinds, corrected), _spark_schema(kinds)))
        checks = rules.get(resource.name, [])
        expect_shippable(resource, checks)
        making = Making(resource, kinds, [check for check in checks if sees_one_row(check)], [], ORDER)
        with telling(resource.name):
            tables.make(making, reduce(DataFrame.unionByName, parts))
        found.add(tables.kept.frames(resource.name, ROWS))


def _cells(there: Shape, query: str, kinds: dict[str, str], corrected: Iterable[tuple[str, str, str]]) -> Work:
    """For batches of the rows of a table that holds facts: its cells, as a `query` tells them."""
    values = ", ".join(f"CAST({name(column)} AS {carried(kind)}) AS {name(column)}" for column, kind in kinds.items())
    schema = pa.schema([(column, arrow_kind(kind)) for column, kind in kinds.items()])

    def tell(batches: Batches) -> Batches:
        with database() as con:
            for batch in batches:
                there.create(con)
                there.fill(con, pa.Table.from_batches([batch]))
                con.execute(f"CREATE OR REPLACE TABLE selected._cells AS {query}")
                curate(con, "selected._cells", corrected)
                yield from con.sql(f"SELECT {values} FROM selected._cells").to_arrow_table().cast(schema).to_batches()

    return tell


def _described(con: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """The columns of a relation with their types."""
    return {row[0]: row[1] for row in con.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()}


def _spark_schema(kinds: dict[str, str]) -> str:
    return ", ".join(f"{quoted(column)} {spark_kind(kind)}" for column, kind in kinds.items())
