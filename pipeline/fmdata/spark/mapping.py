"""Batches of rows handed to the workers, whatever their columns are called."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyarrow as pa
from pyspark.sql import DataFrame

Batches = Iterator[pa.RecordBatch]
Work = Callable[[Batches], Batches]


def mapped(rows: DataFrame, work: Work, schema: str) -> DataFrame:
    """What `work` makes of batches of rows, as Spark's `mapInArrow` has it made: that takes no name with a dot."""
    names = rows.columns

    def named(batches: Batches) -> Batches:
        return work(pa.RecordBatch.from_arrays(batch.columns, names=names) for batch in batches)

    return rows.toDF(*(f"c{number}" for number in range(len(names)))).mapInArrow(named, schema)
