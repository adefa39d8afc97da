"""Rows that workers made, kept on disk by table, with what they told beside: failures, each found at a stage."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from pyspark.sql import DataFrame, Observation, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from fmdata.errors import Failure
from fmdata.failing import listed
from fmdata.spark.shapes import STAGE, WORDS, told_failures
from fmdata.spark.storage import Folder, telling
from fmdata.spark.texts import quoted

_STAGE = quoted(STAGE)


class Kept:
    """The tables in a folder, as far as they were written. `where` says in messages what they are."""

    def __init__(self, spark: SparkSession, folder: Folder, where: str) -> None:
        self.spark = spark
        self._folder, self._where = folder, where
        self._stages: dict[str, set[str]] = {}
        self._schemas: dict[str, StructType] = {}

    def write(self, table: str, rows: DataFrame, of_interest: str = "false") -> int:
        """Have rows made, and add them to a table; returns how many are `of_interest`, which SQL tells.

        What is counted again where Spark tries a part again is there once, but at least once.
        """
        seen = Observation()
        interest = F.expr(f"count_if({_STAGE} IS NULL AND ({of_interest}))").alias("interest")
        rows = rows.observe(seen, F.collect_set(_STAGE).alias("stages"), interest)
        rows.write.mode("append").parquet(f"{self._folder.url}/{table}")
        self._stages.setdefault(table, set()).update(seen.get["stages"])
        self._schemas[table] = rows.schema
        return int(seen.get["interest"])

    def rows(self, table: str) -> DataFrame:
        """The rows of a table, in no order."""
        return self._read(table).where(f"{_STAGE} IS NULL").drop(STAGE, WORDS)

    def frames(self, table: str, stage: str) -> Iterator[pl.DataFrame]:
        """Frames of the failures that were told of a table at a stage."""
        with telling(f"{self._where}{table}"):
            # Of most tables nothing is told at any.
            if stage in self._stages.get(table, ()):
                told = self._read(table).where(f"{_STAGE} = '{stage}'").select(quoted(WORDS))
                for row in told.toLocalIterator():
                    yield told_failures(bytes(row[0]))

    def told(self, table: str, stage: str) -> list[Failure]:
        """The same failures, of which there are few."""
        return listed(self.frames(table, stage))

    def _read(self, table: str) -> DataFrame:
        # Otherwise it would be read for its columns alone.
        return self.spark.read.schema(self._schemas[table]).parquet(self._folder.file_url(table))
