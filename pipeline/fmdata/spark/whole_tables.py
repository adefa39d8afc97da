"""Rules that look at further rows: the whole table goes to one worker, which must be able to hold it."""

from __future__ import annotations

from collections.abc import Iterator

import pandera.polars as pa
import polars as pl
import pyarrow
from pyspark.sql import DataFrame

from fmdata.checks import Place, RowChecks
from fmdata.contract import Resource
from fmdata.errors import Failure, FmdataError
from fmdata.spark.shapes import ERROR, GIVEN, ROWS, as_frame, told_failures

_TOLD = pyarrow.schema([("stage", pyarrow.string()), ("told", pyarrow.binary())])


def judged_whole(
    rows: DataFrame, resource: Resource, order: list[str], place: Place, checks: list[pa.Check]
) -> Iterator[pl.DataFrame]:
    """Frames of failures: what rules that look beyond a row say of all rows of a resource, which come in an `order`.

    Of keys as they were given the rules see nothing.
    """

    def judge(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        parts = [pl.DataFrame(pyarrow.Table.from_batches([batch])) for batch in batches if len(batch)]
        try:
            rules = RowChecks(resource, checks, contract=False)
            found = []
            if parts:
                ordered = pl.concat(parts).sort(order, nulls_last=True, maintain_order=True)
                kept = [column for column in ordered.columns if not column.startswith(GIVEN)]
                found = rules.told_whole(ordered.select(kept), place)
            told = [(ROWS, frame) for frame in found if len(frame)]
        except FmdataError as error:
            told = [(ERROR, as_frame([Failure("", rule="error", found=str(error))]))]
        for stage, frame in told:
            buffer = frame.write_ipc(None).getvalue()
            yield pyarrow.record_batch([[stage], pyarrow.array([buffer], pyarrow.binary())], schema=_TOLD)

    for stage, told in rows.repartition(1).mapInArrow(judge, "stage string, told binary").toLocalIterator():
        frame = told_failures(bytes(told))
        if stage == ERROR:
            raise FmdataError(str(frame.item(0, "found")))
        yield frame
