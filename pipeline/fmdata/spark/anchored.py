"""Anchors, word runs and the ledger of lines on Spark: what belongs to a source is looked at in one worker.

There the local engine's own checks find it in DuckDB: they look at each source for itself, whichever others are there.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import polars as pl
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from fmdata.checks import check_anchors, check_ledger
from fmdata.contract import Anchoring, Package, Resource
from fmdata.contract.roles import ANCHORS, CELLS, LEDGER, POSITION, SOURCE, WORD_RUNS
from fmdata.spark.answering import exposed
from fmdata.spark.gathering import BUCKET, PLACE, Gathered, Shape, bucket_of, shape_of, together
from fmdata.spark.shapes import as_frame
from fmdata.spark.texts import quoted
from fmdata.spark.told import SCHEMA, heard, tell

_IN_FOLDER = PLACE | {"_folder": "VARCHAR"}
# The sources of the captures that anchors name, whichever source they stand with.
_CAPTURES = "main._captures"


def unanchored(spark: SparkSession, package: Package, roles: Anchoring) -> Iterator[pl.DataFrame]:
    """Frames of failures: what is wrong with the anchors, the word runs and the ledger of a project."""

    def judge(con: duckdb.DuckDBPyConnection) -> Iterator[pa.RecordBatch]:
        def found() -> Iterator[pl.DataFrame]:
            failures, foreign = check_anchors(con, roles, _CAPTURES)
            # A place whose key several sources use may be here with the cells of each.
            yield as_frame(dict.fromkeys(failures))
            yield as_frame(check_ledger(con, package, roles, foreign))

        return tell(found())

    return heard(together(list(_gathered(spark, roles)), judge, SCHEMA), "the anchors")


def _gathered(spark: SparkSession, roles: Anchoring) -> Iterator[Gathered]:
    """What is looked at, each row in the bucket of its source."""
    of_source, in_folder = bucket_of(spark, F.col("source_id")), bucket_of(spark, F.col("_folder"))
    key = quoted(roles.place_key)
    sources, places, cells = (_rows(spark, "main", own) for own in (roles.sources, roles.places, roles.cells))
    anchors, word_runs = (_rows(spark, "raw", own) for own in (roles.anchors, roles.word_runs))
    yield Gathered(shape_of("main", roles.sources, ("source_id", *SOURCE)), sources.withColumn(BUCKET, of_source))
    there = places.withColumn(BUCKET, of_source)
    yield Gathered(shape_of("main", roles.places, (roles.place_key, "source_id", *POSITION)), there)
    # A key that several places have leads to each of them, and once to each bucket.
    leads = there.select(F.col(key).alias("_key"), BUCKET).distinct()
    lead = cells.join(leads, cells["passage_id"] == leads["_key"])
    yield Gathered(shape_of("main", roles.cells, CELLS), lead)
    anchors = anchors.withColumn(BUCKET, in_folder)
    yield Gathered(shape_of("raw", roles.anchors, ANCHORS, _IN_FOLDER), anchors)
    yield Gathered(shape_of("raw", roles.word_runs, WORD_RUNS, _IN_FOLDER), word_runs.withColumn(BUCKET, in_folder))
    named = anchors.select(BUCKET, "capture_sha256").distinct().join(sources, "capture_sha256")
    columns = {"source_id": "VARCHAR", "capture_sha256": "VARCHAR"} | PLACE
    yield Gathered(Shape(_CAPTURES, columns), named)
    if roles.ledger:
        rows = _rows(spark, "main", roles.ledger).withColumn(BUCKET, of_source)
        yield Gathered(shape_of("main", roles.ledger, LEDGER), rows)


def _rows(spark: SparkSession, schema: str, resource: Resource) -> DataFrame:
    return exposed(spark, schema, resource.name)
