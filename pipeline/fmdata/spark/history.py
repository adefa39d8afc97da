"""What changed since the releases before, on Spark: the local engine's own comparison, run by one worker.

It gets the CSV text of the tables and the releases that they are compared with on its disk, in pieces that Spark puts
in order; DuckDB compares them there within bounded memory. The driver is told what came of it, in pieces too.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from fmdata.assemble import workspace
from fmdata.borrowing import all_runs, last_words
from fmdata.changes import write_changes
from fmdata.contract import Package, Resource
from fmdata.contract.roles import KEPT, log_of
from fmdata.errors import CheckError, FmdataError
from fmdata.exchange import slices
from fmdata.extracts import RAW
from fmdata.failing import SCHEMA
from fmdata.failures import Failures
from fmdata.history import RELEASES
from fmdata.history.machine import of_the_first
from fmdata.history.releases import CHANGES, released
from fmdata.history.versions import parse
from fmdata.making import make_empty
from fmdata.spark.answering import exposed
from fmdata.spark.gathering import BUCKET, Gathered, Shape, packed, packed_rows, shape_of, unpacked
from fmdata.spark.mapping import Batches, Work, mapped
from fmdata.spark.publishing import Published, csv_text
from fmdata.spark.shapes import as_frame
from fmdata.spark.storage import Folder, telling
from fmdata.spark.texts import quoted
from fmdata.sql import Room, name
from fmdata.writers.csv import DATA, append_csv

# Bytes of a file that travel together, and rows of the history.
_PIECE, _ROWS = 8 << 20, 50_000
_MEMORY = 1_000_000_000
# What goes to the worker: rows of the table with the number `at`, or, at -1, a piece of a file.
_GIVEN = "at int, path string, part bigint, nth bigint, content binary"
# What comes back: an error, a frame of failures, a piece of `changes.json`, the runs in it, or rows of the history.
_TOLD = "kind string, nth bigint, content binary"
_ERROR, _LOST, _CHANGES, _RUNS, _LOG = "error", "lost", "changes", "runs", "log"
_PIECES = "part int, nth bigint, text binary"


@dataclass(frozen=True)
class Changed:
    """What came of a comparison: the rows of the history in their order, None where the contract asks for none.

    And the text of `changes.json` in pieces (part, nth, text), with the short hashes of the runs of words in it (run).
    """

    log: DataFrame | None
    pieces: DataFrame
    runs: DataFrame


def write_history(
    spark: SparkSession, package: Package, published: Mapping[str, Published], stage: Folder, release: Folder
) -> Changed:
    """Write `changes.json` to `release`, whose tables are `published` by now, but for the history.

    Raises `FmdataError` for a version that is too low for what changed, and `CheckError` for keys that are gone without
    a tombstone.
    """
    log = log_of(package)
    if not released(package.root):
        text = "".join(f"{line}\n" for line in of_the_first(package))
        release.write(CHANGES, (text.encode(),))
        pieces = spark.createDataFrame([(0, 0, bytearray(text.encode()))], _PIECES)
        runs = spark.createDataFrame([(run,) for run in sorted(all_runs(text))], "run string")
        return Changed(exposed(spark, "main", log.name) if log else None, pieces, runs)
    with telling("the history"):
        given = _given(spark, package, published, stage, release).repartition(1)
        work = _compared(package, {table: own.rows for table, own in published.items()}, _kept(package))
        told = mapped(given.sortWithinPartitions("at", "path", "part", "nth"), work, _TOLD)
        told.write.parquet(f"{stage.url}/history")
        told = spark.read.parquet(stage.file_url("history"))
        for row in told.where(f"kind = '{_ERROR}'").collect():
            raise FmdataError(bytes(row["content"]).decode())
        with Failures(package.root) as lost:
            lost.add(map(pl.read_ipc, _contents(told, _LOST)))
            lost.raise_any()
        release.write(CHANGES, _contents(told, _CHANGES))
    pieces = told.where(f"kind = '{_CHANGES}'").selectExpr("0 AS part", "nth", "content AS text")
    runs = told.where(f"kind = '{_RUNS}'").selectExpr("explode(split(CAST(content AS STRING), ' ')) AS run")
    return Changed(_log(told, log) if log else None, pieces, runs)


def _contents(told: DataFrame, kind: str) -> Iterator[bytes]:
    return (bytes(row[0]) for row in told.where(f"kind = '{kind}'").orderBy("nth").select("content").toLocalIterator())


def _log(told: DataFrame, log: Resource) -> DataFrame:
    """The rows of the history in their order, with places that are none."""

    def unpack(batches: Batches) -> Batches:
        for batch in batches:
            for nth, content in zip(batch["nth"].to_pylist(), batch["content"], strict=True):
                rows = unpacked(content)
                numbers = pa.array(range(nth, nth + len(rows)), pa.int64())
                yield from rows.append_column("_nth", numbers).to_batches()

    kinds = ", ".join(f"{quoted(field)} string" for field in log.names())
    rows = mapped(told.where(f"kind = '{_LOG}'").select("nth", "content"), unpack, f"{kinds}, _nth bigint")
    place = F.lit(None).cast("string").alias("_file"), F.lit(None).cast("bigint").alias("_line")
    return rows.orderBy("_nth").select(*map(quoted, log.names()), *place)


def _kept(package: Package) -> list[Shape]:
    """The tables that say why something changed, as the worker has them."""
    return [shape_of("main", own) for own in _keeping(package)]


def _keeping(package: Package) -> list[Resource]:
    return [own for own in package if own.role in KEPT]


def _given(
    spark: SparkSession, package: Package, published: Mapping[str, Published], stage: Folder, release: Folder
) -> DataFrame:
    """All that the worker needs, in pieces."""
    _stage_files(package, Folder(spark, f"{stage.url}/before"))
    pieces = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(stage.file_url("before"))
    there = F.substring_index(F.col("path"), f"{stage.url}/before/", -1)
    file = F.regexp_replace(there, "/[^/]*$", "").alias("path")
    number = F.regexp_extract(there, "([^/]*)$", 1).cast("bigint").alias("nth")
    parts = [pieces.select(F.lit(-1).alias("at"), file, F.lit(0).cast("bigint").alias("part"), number, "content")]
    for resource in package:
        if resource.name in published:
            text = csv_text(spark, resource, release)
            path = F.lit(f"release/{DATA}/{resource.name}.csv").alias("path")
            parts.append(text.select(F.lit(-1).alias("at"), path, F.col("part").cast("bigint"), "nth", "text"))
    for at, (resource, shape) in enumerate(zip(_keeping(package), _kept(package), strict=True)):
        rows = exposed(spark, "main", resource.name).withColumn(BUCKET, F.lit(0))
        nothing = F.lit(0).cast("bigint")
        parts.append(packed_rows(Gathered(shape, rows), at).select("at", F.lit(""), nothing, nothing, "rows"))
    return reduce(DataFrame.union, parts).toDF(*(part.split()[0] for part in _GIVEN.split(", ")))


def _stage_files(package: Package, folder: Folder) -> None:
    """Put what the worker needs of the project into a folder, each file as a folder of its pieces."""
    versions = released(package.root)
    earlier = [version for version in versions if version < parse(package.version, package.path)]
    needed = {str(version) for version in (*earlier[-1:], *versions[-1:])}
    files = [path for path in sorted((package.root / RELEASES).glob("*/*.zip")) if path.parent.name in needed]
    for path in (*files, package.root / package.path, package.root / RAW / "datapackage.json"):
        if path.is_file():
            with path.open("rb") as stream:
                for number, piece in enumerate(iter(lambda stream=stream: stream.read(_PIECE), b"")):  # type: ignore[misc]
                    folder.write(f"project/{path.relative_to(package.root).as_posix()}/{number}", (piece,))


def _compared(package: Package, counts: dict[str, int], kept: list[Shape]) -> Work:
    """For batches of what is `_given`: what came of the comparison."""
    versions = [str(version) for version in released(package.root)]

    def compare(batches: Batches) -> Batches:
        with tempfile.TemporaryDirectory(prefix="fmdata-") as aside:
            folder, scratch = Path(aside), Path(aside, "scratch")
            release, project = folder / "release", folder / "project"
            for path in (scratch, release / DATA, *(project / RELEASES / version for version in versions)):
                path.mkdir(parents=True)
            with workspace(Room(_MEMORY, scratch), release, scratch) as con:
                con.execute("SET threads = 1")
                for shape in kept:
                    shape.create(con)
                for batch in batches:
                    for at, path, content in zip(
                        batch["at"].to_pylist(), batch["path"].to_pylist(), batch["content"], strict=True
                    ):
                        if at >= 0:
                            kept[at].fill(con, unpacked(content))
                        else:
                            target = folder / path
                            target.parent.mkdir(parents=True, exist_ok=True)
                            with target.open("ab") as stream:
                                stream.write(content.as_buffer())
                yield from _written(con, replace(package, root=project), release, dict(counts), scratch)

    return compare


def _written(
    con: duckdb.DuckDBPyConnection, package: Package, release: Path, counts: dict[str, int], scratch: Path
) -> Batches:
    log = log_of(package)
    if log:
        make_empty(con, log)
        counts[log.name] = 0
        append_csv(con, log, f"main.{name(log.name)}", release, scratch)
    counts = {resource.name: counts[resource.name] for resource in package}
    try:
        write_changes(con, package, release, counts, Room(_MEMORY, scratch), lambda _: None)
    except CheckError as error:
        if error.file:
            lost = pl.read_csv(package.root / error.file, schema=SCHEMA).fill_null("")
        else:
            lost = as_frame(error.failures)
        yield _row(_LOST, 0, lost.write_ipc(None).getvalue())
        return
    except FmdataError as error:
        yield _row(_ERROR, 0, str(error).encode())
        return
    with (release / CHANGES).open("rb") as stream:
        before = ""
        for number, piece in enumerate(iter(lambda: b"".join(stream.readlines(_PIECE)), b"")):
            yield _row(_CHANGES, number, piece)
            text = f"{before} {piece.decode()}"
            yield _row(_RUNS, number, " ".join(sorted(all_runs(text))).encode())
            before = last_words(text)
    if log:
        columns, first = ", ".join(map(name, log.names())), 0
        for some in slices(con, columns, f"main.{name(log.name)}", _ROWS):
            rows = some.to_arrow().cast(pa.schema([(field, pa.string()) for field in log.names()]))
            yield _row(_LOG, first, packed(rows))
            first += len(rows)


def _row(kind: str, nth: int, content: object) -> pa.RecordBatch:
    cells = [pa.array([kind]), pa.array([nth], pa.int64()), pa.array([content], pa.binary())]
    return pa.record_batch(cells, names=["kind", "nth", "content"])
