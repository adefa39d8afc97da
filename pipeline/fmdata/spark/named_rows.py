"""Rows named by the text of their key, on Spark: whether each text names one row, and what tombstones say of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from fmdata.ambiguity import ambiguous, in_doubt
from fmdata.contract import Package, Resource
from fmdata.contract.roles import with_role
from fmdata.contract.types import storage
from fmdata.errors import Failure
from fmdata.provenance import row_key
from fmdata.spark.answering import exposed
from fmdata.spark.evaluating import evaluator
from fmdata.spark.storage import telling
from fmdata.spark.texts import quoted
from fmdata.tombstones import ROLE, TOLD, faults


class _In(dict[tuple[str, str], bool]):
    """What is known of rows, by table and key."""

    def __call__(self, table: str, key: str) -> bool:
        return self[table, key]


def ambiguous_keys(spark: SparkSession, package: Package) -> Iterator[Failure]:
    """As of the local engine: the rows whose key reads as that of another row."""
    for table in in_doubt(package):
        keys = F.struct(*(F.col(quoted(part)) for part in table.primary_key))
        rows = exposed(spark, "main", table.name).select(_key(table), keys.alias("_keys"), "_line", "_file")
        first = F.min(F.struct("_line", "_file")).alias("first")
        several = rows.groupBy("_key").agg(F.count_distinct("_keys").alias("number"), first).where("number > 1")
        with telling(table.name):
            for row in several.toLocalIterator():
                yield ambiguous(table, row["first"]["_file"], row["first"]["_line"], row["_key"])


def tombstone_faults(spark: SparkSession, package: Package) -> Iterator[Failure]:
    """As of the local engine: what is wrong with the tombstones by themselves."""
    table = with_role(package, ROLE)
    if table is None:
        return
    rows = exposed(spark, "main", table.name).select(*TOLD)
    with telling(table.name):
        named = {row[0] for row in rows.select("table_name").distinct().toLocalIterator()}
        known = [own for own in package if own.name in named and own.primary_key and not own.generated]
        for row in _looked_up(spark, rows, known).toLocalIterator():
            *cells, is_there, is_into = row
            there = {(cells[2], cells[3]): is_there, (cells[2], cells[5]): is_into}
            yield from faults(package, table.name, cells, _In(there))


def _looked_up(spark: SparkSession, rows: DataFrame, known: list[Resource]) -> DataFrame:
    """Tombstones, each with whether there is the row that it names, and the one that this was merged into."""
    if not known:
        return rows.select("*", F.lit(False), F.lit(False))
    keys = reduce(
        DataFrame.union,
        (exposed(spark, "main", own.name).select(F.lit(own.name).alias("_table"), _key(own)) for own in known),
    ).distinct()
    for column, found in (("row_key", "_is_there"), ("merged_into", "_is_into")):
        own = keys.select(F.col("_table").alias("_of"), F.col("_key").alias("_named"), F.lit(True).alias(found))
        same = (rows["table_name"] == own["_of"]) & (rows[column] == own["_named"])
        rows = rows.join(own, same, "left").drop("_of", "_named")
    return rows.select(*TOLD, F.coalesce("_is_there", F.lit(False)), F.coalesce("_is_into", F.lit(False)))


def _key(table: Resource) -> Column:
    """The text of a row's key, as DuckDB writes it."""
    columns = {part: f"a{number}" for number, part in enumerate(table.primary_key)}
    kinds = [storage(table.field(part)) for part in table.primary_key]
    text = evaluator(row_key(table, columns.__getitem__), kinds, "VARCHAR", "")
    found: Column = text(*(F.col(quoted(part)) for part in table.primary_key))
    return found.alias("_key")
