"""The columns that travel between workers and Spark: those of typed rows, and what workers tell beside them."""

from __future__ import annotations

import io
from collections.abc import Iterable

import polars as pl
import pyarrow as pa

from fmdata.contract import Field, Resource
from fmdata.contract.types import storage
from fmdata.errors import Failure
from fmdata.failing import SCHEMA
from fmdata.spark.kinds import arrow_kind, spark_kind
from fmdata.spark.texts import quoted

# Where a row comes from: the number of its file among those of its extract, and its line.
PLACE = {"_extract": (pa.int32(), "int"), "_line": (pa.int64(), "bigint")}
# Before the name of a field: its value as a SELECT gave it, by which rows are ordered. No rule sees it.
GIVEN = "_given as "
# What is told instead of a row: failures that were found at a stage, as an Arrow file of a frame of failures.
# No SELECT gives such columns.
STAGE, WORDS = "_stage, as fmdata tells it", "_told, as fmdata tells it"
TOLD = {STAGE: (pa.string(), "string"), WORDS: (pa.binary(), "binary")}
# The stages, in the order in which they stop a build: something that is no matter of rows; the form and the bytes of a
# file, what is a row in it, what is wrong with the rows. `DOUBTED` tells of no failure yet, but that a file has some.
ERROR, BYTES, RECORDS, ROWS, DOUBTED = "error", "bytes", "records", "rows", "doubted"


def _held(field: Field) -> str:
    """The DuckDB type of a field's values on their way: Spark takes no times of day from Arrow, so they are texts."""
    return "VARCHAR" if storage(field) == "TIME" else storage(field)


def arrow_schema(resource: Resource) -> pa.Schema:
    """Typed rows of a resource with their places, or what is told instead."""
    fields = [(field.name, arrow_kind(_held(field))) for field in resource.fields]
    return pa.schema([*fields, *((name, kind) for name, (kind, _) in (PLACE | TOLD).items())])


def spark_schema(resource: Resource) -> str:
    """The same for Spark."""
    fields = {field.name: spark_kind(_held(field)) for field in resource.fields}
    fields |= {name: kind for name, (_, kind) in (PLACE | TOLD).items()}
    return ", ".join(f"{quoted(name)} {kind}" for name, kind in fields.items())


def rows_as_arrow(typed: pl.DataFrame, schema: pa.Schema) -> list[pa.RecordBatch]:
    """Typed rows with their places."""
    table = typed.with_columns(pl.selectors.time().dt.to_string("%H:%M:%S%.6f")).to_arrow()
    nothing = pa.nulls(len(typed))
    columns = [table[name] if name in table.column_names else nothing for name in schema.names]
    found: list[pa.RecordBatch] = pa.table(columns, names=schema.names).cast(schema).to_batches()
    return found


def published_columns(resource: Resource) -> list[str]:
    """Spark's SQL of the columns of a published table, out of those of typed rows."""
    return [
        f"CAST({quoted(f.name)} AS TIME(6)) AS {quoted(f.name)}" if storage(f) == "TIME" else quoted(f.name)
        for f in resource.fields
    ]


def carried_columns(resource: Resource) -> list[str]:
    """Spark's SQL of the columns of typed rows, out of those of a published table."""
    return [
        f"CAST({quoted(f.name)} AS STRING) AS {quoted(f.name)}" if storage(f) == "TIME" else quoted(f.name)
        for f in resource.fields
    ]


def told_as_arrow(stage: str, frame: pl.DataFrame, schema: pa.Schema) -> pa.RecordBatch:
    """Some failures of a stage, as one row."""
    buffer = io.BytesIO()
    frame.write_ipc(buffer)
    cells = {STAGE: [stage], WORDS: [buffer.getvalue()]}
    return pa.record_batch([pa.array(cells.get(f.name, [None]), f.type) for f in schema], schema=schema)


def told_failures(told: bytes) -> pl.DataFrame:
    """The failures that one such row tells."""
    return pl.read_ipc(io.BytesIO(told))


def as_frame(failures: Iterable[Failure]) -> pl.DataFrame:
    """Some failures as a frame."""
    return pl.DataFrame(list(failures), SCHEMA, orient="row")
