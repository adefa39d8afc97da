"""What workers tell that hand on no rows: failures, in frames, or why there was no going on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl
import pyarrow as pa
from pyspark.sql import DataFrame

from fmdata.errors import Failure, FmdataError
from fmdata.spark.shapes import ERROR, ROWS, as_frame, told_failures
from fmdata.spark.storage import telling

SCHEMA = "stage string, told binary"


def tell(frames: Iterable[pl.DataFrame]) -> Iterator[pa.RecordBatch]:
    """Frames of failures as rows for `heard`; a `FmdataError` on the way ends them, and is told too."""
    try:
        for frame in frames:
            if len(frame):
                yield _row(ROWS, frame)
    except FmdataError as error:
        yield _row(ERROR, as_frame([Failure("", rule="error", found=str(error))]))


def heard(rows: DataFrame, where: str) -> Iterator[pl.DataFrame]:
    """The frames of failures that workers told. Raises the `FmdataError` that one of them was stopped by."""
    with telling(where):
        for stage, told in rows.toLocalIterator():
            frame = told_failures(bytes(told))
            if stage == ERROR:
                raise FmdataError(str(frame.item(0, "found")))
            yield frame


def _row(stage: str, frame: pl.DataFrame) -> pa.RecordBatch:
    told = pa.array([frame.write_ipc(None).getvalue()], pa.binary())
    return pa.record_batch([pa.array([stage]), told], names=["stage", "told"])
