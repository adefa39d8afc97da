"""Rules that look at further rows: the whole table goes to one worker, which must be able to hold it."""

from __future__ import annotations

from collections.abc import Iterator

import pandera.polars as pa
import polars as pl
import pyarrow
from pyspark.sql import DataFrame

from fmdata.checks import Place, RowChecks
from fmdata.contract import Resource
from fmdata.spark.mapping import mapped
from fmdata.spark.shapes import GIVEN
from fmdata.spark.told import SCHEMA, heard, tell


def judged_whole(
    rows: DataFrame, resource: Resource, order: list[str], place: Place, checks: list[pa.Check]
) -> Iterator[pl.DataFrame]:
    """Frames of failures: what rules that look beyond a row say of all rows of a resource, which come in an `order`.

    Of keys as they were given the rules see nothing.
    """

    def found(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pl.DataFrame]:
        parts = [pl.DataFrame(pyarrow.Table.from_batches([batch])) for batch in batches if len(batch)]
        rules = RowChecks(resource, checks, contract=False)
        if parts:
            ordered = pl.concat(parts).sort(order, nulls_last=True, maintain_order=True)
            kept = [column for column in ordered.columns if not column.startswith(GIVEN)]
            yield from rules.told_whole(ordered.select(kept), place)

    def judge(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        return tell(found(batches))

    return heard(mapped(rows.repartition(1), judge, SCHEMA), f"the rules of {resource.name}")
