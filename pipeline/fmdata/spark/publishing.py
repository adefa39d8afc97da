"""A release as Spark writes it: partitioned Parquet in the order of the extracts, described, counted and hashed.

The content hash is that of the local engine: SHA-256 over the CSV text of each table. It is taken of what was written,
read once more: workers make the text, in blocks, and one of them hashes these in their order.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from fmdata.arrow import ArrowStream
from fmdata.borrowing import all_runs, first_words, last_words
from fmdata.contract import Package, Resource
from fmdata.contract.types import storage
from fmdata.errors import FmdataError
from fmdata.spark.mapping import mapped
from fmdata.spark.shapes import carried_columns, published_columns
from fmdata.spark.storage import Folder, telling
from fmdata.sql import name
from fmdata.writers.archive import SUMS
from fmdata.writers.csv import DATA, append_csv
from fmdata.writers.descriptor import described, published_schema

# Rows of one Parquet file.
_ROWS = 2_000_000
_BLOCKS = "part int, nth bigint, rows bigint, text binary"
_HASHED = "rows bigint, size bigint, digest string, across array<string>"
# Bytes at the ends of a block that surely hold the words next to another one.
_EDGE = 8_000


@dataclass(frozen=True)
class Published:
    """A table as it was published: its Parquet files, the rows in them, and size and SHA-256 of its CSV text.

    `across` are the hashes of runs of words that go from one block of that text into the next.
    """

    files: list[str]
    rows: int
    size: int
    digest: str
    across: list[str]


def write_table(spark: SparkSession, resource: Resource, rows: DataFrame, release: Folder) -> Published:
    """Write the typed rows of a table below `release`, in the order they come in, and read them once more."""
    target = f"{DATA}/{resource.name}"
    with telling(f"the table {resource.name}"):
        ordered = rows.selectExpr(*published_columns(resource))
        ordered.write.option("maxRecordsPerFile", _ROWS).parquet(f"{release.url}/{target}")
        files = _named(release, target)
        if not files:
            raise FmdataError(f"the table {resource.name}: Spark wrote no file of it.")
        one = csv_text(spark, resource, release).repartition(1).sortWithinPartitions("part", "nth")
        [(count, size, digest, across)] = mapped(one, _hashed, _HASHED).collect()
    return Published(files, count, size, digest, across)


def csv_text(spark: SparkSession, resource: Resource, release: Folder) -> DataFrame:
    """The CSV text of a table that is written, in blocks with their rows, whose order is that of `part` and `nth`."""
    read = spark.read.parquet(release.file_url(f"{DATA}/{resource.name}"))
    place = (
        f"CAST(substring(_metadata.file_name, {len('part-') + 1}, 5) AS INT) AS _part",
        "_metadata.row_index AS _nth",
    )
    text = mapped(read.selectExpr(*carried_columns(resource), *place), _as_text(resource), _BLOCKS)
    return text.unionByName(spark.createDataFrame([(-1, 0, 0, _header(resource))], _BLOCKS))


def _named(release: Folder, target: str) -> list[str]:
    """Give the files that Spark wrote names that tell their order and nothing else; removes what it wrote beside."""
    found: list[str] = []
    for file in release.files():
        if not file.path.startswith(f"{target}/"):
            continue
        if not file.path.endswith(".parquet"):
            release.remove(file.path)
            continue
        found.append(f"{target}/part-{len(found):05}.parquet")
        release.move(file.path, found[-1])
    return found


def _as_text(resource: Resource) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """CSV text of typed rows, each block with the place of its first row."""

    def convert(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        with tempfile.TemporaryDirectory(prefix="fmdata-") as folder, duckdb.connect() as con:
            con.execute("SET threads = 1; SET TimeZone = 'UTC'")
            file = Path(folder, DATA, f"{resource.name}.csv")
            file.parent.mkdir()
            for batch in batches:
                for part in _whole_parts(batch):
                    # A file that stands there gets no header.
                    file.touch()
                    append_csv(con, resource, _relation(con, resource, part), Path(folder), Path(folder))
                    at = part.slice(0, 1)
                    cells = [
                        at.column("_part"),
                        at.column("_nth"),
                        pa.array([len(part)]),
                        pa.array([file.read_bytes()]),
                    ]
                    yield pa.record_batch(cells, names=["part", "nth", "rows", "text"])
                    file.unlink()

    return convert


def _whole_parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The rows of a batch that stand behind each other in one file."""
    part, nth = batch.column("_part").to_numpy(), batch.column("_nth").to_numpy()
    cuts = np.flatnonzero((part[1:] != part[:-1]) | (nth[1:] != nth[:-1] + 1)) + 1
    for first, end in pairwise([0, *cuts.tolist(), len(batch)]):
        if end > first:
            yield batch.slice(first, end - first)


def _relation(con: duckdb.DuckDBPyConnection, resource: Resource, part: pa.RecordBatch) -> str:
    con.register("_rows", ArrowStream(pl.DataFrame(pa.Table.from_batches([part])).select(resource.names())))
    values = ", ".join(f"CAST({name(f.name)} AS {storage(f)}) AS {name(f.name)}" for f in resource.fields)
    return f"(SELECT {values} FROM _rows)"


def _header(resource: Resource) -> bytes:
    """The header of a table's CSV text: that of no rows."""
    nothing = ", ".join(f"CAST(NULL AS {storage(f)}) AS {name(f.name)}" for f in resource.fields)
    with tempfile.TemporaryDirectory(prefix="fmdata-") as folder, duckdb.connect() as con:
        file = Path(folder, DATA, f"{resource.name}.csv")
        file.parent.mkdir()
        append_csv(con, resource, f"(SELECT {nothing} WHERE false)", Path(folder), Path(folder))
        return file.read_bytes()


def _hashed(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Rows, bytes and SHA-256 of blocks of text in their order, and the runs of words that go from one to the next."""
    digest, rows, size = hashlib.sha256(), 0, 0
    across, before = set[str](), ""
    for batch in batches:
        rows += sum(batch.column("rows").to_pylist())
        for text in batch.column("text"):
            block = memoryview(text.as_buffer())
            digest.update(block)
            size += len(block)
            first, last = (bytes(edge).decode(errors="ignore") for edge in (block[:_EDGE], block[-_EDGE:]))
            across |= all_runs(f"{before} {first_words(first)}")
            before = last_words(f"{before} {last}")
    found = [[rows], [size], [digest.hexdigest()], pa.array([sorted(across)], pa.list_(pa.string()))]
    yield pa.record_batch(found, names=["rows", "size", "digest", "across"])


def describe(package: Package, published: dict[str, Published], content: str) -> bytes:
    """The descriptor of a release of Parquet files, in bytes."""
    descriptor = described(package, content)
    # They are the DuckDB file's.
    descriptor.pop("views", None)
    for resource in package:
        table = published[resource.name]
        descriptor["resources"].append(
            {
                **resource.descriptor,
                "schema": published_schema(resource.descriptor["schema"]),
                "path": table.files,
                "type": "table",
                "format": "parquet",
                "mediatype": "application/vnd.apache.parquet",
                "rowCount": table.rows,
                "csv": {"bytes": table.size, "hash": f"sha256:{table.digest}"},
            }
        )
    return (json.dumps(descriptor, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def write_sums(spark: SparkSession, release: Folder) -> None:
    """Write SHA256SUMS of every file of the release, as sha256sum reads it; the workers take the sums."""
    with telling(SUMS):
        # Named one by one: of a folder, Spark's readers pass by what begins with an underscore.
        files = [release.file_url(file.path) for file in release.files()]
        read = spark.read.format("binaryFile").load(files)
        found: list[Any] = read.select("path", F.sha2("content", 256)).collect()
        if len(found) != len(files):
            raise FmdataError(f"{SUMS}: Spark read {len(found)} of {len(files)} files of the release.")
    lines = sorted(f"{digest}  {path.removeprefix(release.url + '/')}\n" for path, digest in found)
    release.write(SUMS, ("".join(sorted(lines, key=lambda line: line[66:])).encode(),))
