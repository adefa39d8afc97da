"""Rows of several tables that belong together, in the DuckDB of one worker, where the local engine's code finds them.

They travel as packed batches: each belongs to a table and to a bucket, and a bucket goes to one worker as a whole.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, reduce
from itertools import chain
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from pyspark import SparkFiles
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from fmdata.assemble import workspace
from fmdata.contract import Resource
from fmdata.contract.types import storage
from fmdata.spark.mapping import Batches, mapped
from fmdata.spark.texts import quoted
from fmdata.sql import Room, name

BUCKET = "_bucket"
PLACE = {"_file": "VARCHAR", "_line": "BIGINT"}
"""Where a row comes from, as the local engine has it."""
_PACKED = "bucket int, at int, rows binary"
_MEMORY = 200_000_000
# What is open as long as a worker lives.
_OPEN = ExitStack()


@dataclass(frozen=True)
class Shape:
    """A table in a worker's DuckDB: what SQL calls it, and its columns with their types."""

    relation: str
    columns: Mapping[str, str]

    def create(self, con: duckdb.DuckDBPyConnection) -> None:
        """Make it anew, without a row."""
        columns = ", ".join(f"{name(column)} {kind}" for column, kind in self.columns.items())
        con.execute(f"CREATE OR REPLACE TABLE {self.relation} ({columns})")

    def fill(self, con: duckdb.DuckDBPyConnection, rows: pa.Table) -> None:
        """Add some rows, in their order."""
        con.register("_given", rows)
        values = ", ".join(f"CAST({name(column)} AS {kind})" for column, kind in self.columns.items())
        con.execute(f"INSERT INTO {self.relation} SELECT {values} FROM _given")
        con.unregister("_given")


def shape_of(schema: str, resource: Resource, fields: Iterable[str] = (), place: Mapping[str, str] = PLACE) -> Shape:
    """The shape of a table with some of its fields, or else all, and with where its rows come from."""
    kinds = {field: storage(resource.field(field)) for field in fields or resource.names()}
    return Shape(f"{schema}.{name(resource.name)}", {**kinds, **place})


@dataclass(frozen=True)
class Gathered:
    """Rows on their way to such a table, with its columns, and `BUCKET` if they go to several workers."""

    shape: Shape
    rows: DataFrame


def bucket_of(spark: SparkSession, value: Column) -> Column:
    """The bucket of what has a value in common: as many as Spark would cut a shuffle into."""
    number = int(spark.conf.get("spark.sql.shuffle.partitions"))
    return F.pmod(F.xxhash64(value), F.lit(number)).cast("int").alias(BUCKET)


def together(
    tables: Sequence[Gathered], work: Callable[[duckdb.DuckDBPyConnection], Batches], schema: str
) -> DataFrame:
    """What `work` makes of the rows of some buckets, which stand in the tables of its DuckDB.

    What is to be found out must be the same whichever buckets are looked at together.
    """
    shapes = [table.shape for table in tables]
    parts = [packed_rows(table, at) for at, table in enumerate(tables)]
    one = reduce(DataFrame.unionByName, parts).repartition("bucket")

    def unpack(batches: Batches) -> Batches:
        first = next(batches, None)
        if first is None:
            return
        with database() as con:
            for shape in shapes:
                shape.create(con)
            for batch in chain([first], batches):
                for at, rows in zip(batch["at"].to_pylist(), batch["rows"], strict=True):
                    shapes[at].fill(con, unpacked(rows))
            yield from work(con)

    return mapped(one, unpack, schema)


def packed_rows(table: Gathered, at: int) -> DataFrame:
    """Rows of a table in packed batches, `at` being its number."""
    columns = list(table.shape.columns)

    def pack(batches: Batches) -> Batches:
        for batch in filter(len, batches):
            for bucket, rows in _by_bucket(batch.select(columns), batch.column(BUCKET)):
                cells = [[bucket], [at], [packed(pa.Table.from_batches([rows]))]]
                kinds = (pa.int32(), pa.int32(), pa.binary())
                found = [pa.array(cell, kind) for cell, kind in zip(cells, kinds, strict=True)]
                yield pa.record_batch(found, names=["bucket", "at", "rows"])

    return mapped(table.rows.select(BUCKET, *map(quoted, columns)), pack, _PACKED)


def _by_bucket(rows: pa.RecordBatch, buckets: pa.Array) -> Iterator[tuple[int, pa.RecordBatch]]:
    numbers = buckets.to_numpy(zero_copy_only=False)
    order = np.argsort(numbers, kind="stable")
    found, firsts = np.unique(numbers[order], return_index=True)
    for bucket, chosen in zip(found.tolist(), np.split(order, firsts[1:]), strict=True):
        yield bucket, rows.take(pa.array(chosen))


def packed(rows: pa.Table) -> bytes:
    """Rows as `unpacked` takes them."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def unpacked(rows: pa.BinaryScalar) -> pa.Table:
    """The rows of a packed batch."""
    return pa.ipc.open_stream(rows.as_buffer()).read_all()


@contextmanager
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    """A worker's own DuckDB, with the schemas of the local engine; what does not fit in its memory goes to disk.

    It is the same for all that a worker does, one after the other, for it takes long to make; each has no tables yet.
    """
    con = _lasting()
    try:
        yield con
    finally:
        made = con.execute("SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal").fetchall()
        for schema, table in made:
            con.execute(f"DROP TABLE {name(schema)}.{name(table)}")


@cache
def _lasting() -> duckdb.DuckDBPyConnection:
    # Spark takes its folder away, whatever becomes of the worker.
    folder = tempfile.mkdtemp(prefix="fmdata-", dir=SparkFiles.getRootDirectory())
    con = _OPEN.enter_context(workspace(Room(_MEMORY, Path(folder))))
    con.execute("SET threads = 1")
    return con
