"""The rights gate on Spark: the runs of words in all that is published are joined with those of the sources.

Neither the driver nor a worker holds them all. Only if some are in both does a gate of these tell where.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import reduce
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from fmdata.borrowing import Gate, all_runs, pieces
from fmdata.contract import Anchoring, Package, Resource
from fmdata.errors import Failure
from fmdata.failures import Failures
from fmdata.history.releases import CHANGES
from fmdata.rights import as_texts, in_files, in_rows, row_text, searched_in_order, where_written
from fmdata.spark.answering import exposed
from fmdata.spark.gathering import database, shape_of
from fmdata.spark.history import Changed
from fmdata.spark.mapping import Batches, Work, mapped
from fmdata.spark.publishing import Published, csv_text
from fmdata.spark.selecting import Selected
from fmdata.spark.shapes import as_frame, told_failures
from fmdata.spark.storage import Folder, telling
from fmdata.spark.texts import quoted
from fmdata.spark.told import SCHEMA, heard, tell
from fmdata.tokens import HASH_LENGTH, runs
from fmdata.writers.csv import DATA

# As many runs as are told of: whoever published more has whole texts to take out.
_MOST = 100_000
_TOLD = "file string, line bigint, words string, at int, nth bigint, place int, told binary"
_KINDS = {
    "file": pa.string(), "line": pa.int64(), "words": pa.string(), "at": pa.int32(), "nth": pa.int64(),
    "place": pa.int32(), "told": pa.binary(),
}  # fmt: skip
_WHERE = "the words in rows"
_RUN = "run string"


def check_rights(
    tables: Selected,
    package: Package,
    roles: Anchoring,
    published: Mapping[str, Published],
    changed: Changed,
    release: Folder,
    texts: Mapping[str, bytes],
) -> None:
    """Raise `CheckError` with what a release holds of the sources: in tables, `changes.json`, and files with `texts`.

    Words in a row are looked for in the text of whole files, so that it does not matter how they are cut into cells.
    """
    spark = tables.spark
    blocks = {f"{DATA}/{own.name}.csv": csv_text(spark, own, release) for own in package} | {CHANGES: changed.pieces}
    with tempfile.TemporaryDirectory(prefix="fmdata-") as aside, Failures(package.root) as found:
        for file, text in texts.items():
            Path(aside, file).write_bytes(text)
        in_texts = all_runs("\n".join(piece for file in texts for piece in pieces(Path(aside, file))))
        few = in_texts.union(*(own.across for own in published.values()))
        in_data = [mapped(csv.select("text"), _block_runs, _RUN) for csv in blocks.values()]
        gate = _gate(spark, roles, [*in_data, changed.runs, spark.createDataFrame([(run,) for run in few], _RUN)])
        if not gate.runs:
            return
        in_cells = _gate(spark, roles, _row_runs(tables, package))
        found.add(_told(tables, package, in_cells))
        # What is told where its author wrote it is told once.
        told = in_cells.runs.keys() | in_texts
        for file, csv in blocks.items():
            ordered = csv.select("part", "nth", "text").repartition(1).sortWithinPartitions("part", "nth")
            found.add(heard(mapped(ordered, _in_text(file, gate, told), SCHEMA), file))
        finished = list(in_files(Path(aside), gate, {}))
        found.extend(where_written(package, gate, finished, iter(())))
        found.raise_any()


def borrowed_cells(tables: Selected, package: Package, roles: Anchoring) -> Iterator[pl.DataFrame]:
    """Frames of failures: what the cells hold of the sources."""
    return _told(tables, package, _gate(tables.spark, roles, _row_runs(tables, package)))


def _gate(spark: SparkSession, roles: Anchoring, runs: Iterable[DataFrame]) -> Gate:
    """The gate, as far as any of some `runs` of words can meet it."""
    there = reduce(DataFrame.union, runs).distinct()
    starts = f"sequence(1, length(run_hashes), {HASH_LENGTH})"
    each = f"explode(transform({starts}, start -> substring(run_hashes, start, {HASH_LENGTH}))) AS run"
    held = exposed(spark, "raw", roles.word_runs.name).where("run_hashes <> ''")
    # Of a run that a source has twice, the first place stays.
    first = F.min(F.struct("_folder", "line_number")).alias("first")
    met = held.selectExpr(each, "_folder", "line_number").join(there, "run").groupBy("run").agg(first)
    with telling(_WHERE):
        found = met.orderBy("run").limit(_MOST).collect()
    return Gate({run: (first[0], first[1]) for run, first in found})


def _row_runs(tables: Selected, package: Package) -> list[DataFrame]:
    """The runs of words in the rows of each table."""
    rows = [(own, exposed(tables.spark, "main", own.name)) for own in package]
    return [mapped(found.select(*map(quoted, shape_of("main", own).columns)), _runs(own), _RUN) for own, found in rows]


def _block_runs(batches: Batches) -> Batches:
    """The runs of words in blocks of text."""
    for batch in batches:
        for block in batch["text"]:
            yield _as_batch(all_runs(block.as_buffer().to_pybytes().decode()))


def _as_batch(runs: Iterable[str]) -> pa.RecordBatch:
    return pa.record_batch([pa.array(sorted(runs), pa.string())], names=["run"])


def _in_text(file: str, gate: Gate, told: Set[str]) -> Work:
    """For the blocks of a file in their order: what it holds, but for runs that are `told` otherwise."""

    def search(batches: Batches) -> Iterator[pl.DataFrame]:
        with tempfile.TemporaryDirectory(prefix="fmdata-") as folder:
            path = Path(folder, file)
            path.parent.mkdir(exist_ok=True)
            with path.open("wb") as stream:
                for batch in batches:
                    for block in batch["text"]:
                        stream.write(block.as_buffer())
            for failure, found in in_files(Path(folder), gate, {}):
                if told.isdisjoint(runs(found.words)):
                    yield as_frame([failure])

    return lambda batches: tell(search(batches))


def _rows(resource: Resource, batches: Batches) -> Iterator[tuple[pa.RecordBatch, list[tuple[Any, ...]]]]:
    """Batches of rows, each with these as `as_texts` gives them."""
    shape = shape_of("main", resource)
    with database() as con:
        for batch in batches:
            shape.create(con)
            shape.fill(con, pa.Table.from_batches([batch]))
            yield batch, con.execute(f"SELECT {as_texts(resource)} FROM {shape.relation}").fetchall()


def _runs(resource: Resource) -> Work:
    """For batches of rows: the runs of words in them."""

    def find(batches: Batches) -> Batches:
        for _, rows in _rows(resource, batches):
            yield _as_batch(set[str]().union(*(all_runs(row_text(row)) for _, _, *row in rows)))

    return find


def _told(tables: Selected, package: Package, gate: Gate) -> Iterator[pl.DataFrame]:
    """Frames of failures: what the cells hold that the gate lets not pass, what has one extract line told once."""
    if not gate.runs:
        return
    parts = []
    for at, resource in enumerate(searched_in_order(package)):
        made = resource.name in tables.tables
        rows = tables.ordered(resource.name) if made else exposed(tables.spark, "main", resource.name)
        columns = [*map(quoted, shape_of("main", resource).columns), "_nth"]
        numbered = rows.withColumn("_nth", F.monotonically_increasing_id()).select(*columns)
        parts.append(mapped(numbered, _borrowed(resource, at, gate), _TOLD))
    once = Window.partitionBy("file", "line", "words").orderBy("at", "nth", "place")
    first = reduce(DataFrame.union, parts).withColumn("_times", F.row_number().over(once)).where("_times = 1")
    with telling(_WHERE):
        for row in first.select("told").toLocalIterator():
            yield told_failures(bytes(row[0]))


def _borrowed(resource: Resource, at: int, gate: Gate) -> Work:
    """For batches of rows of a table, `at` being its number: what they hold, with all that says which is told first."""

    def find(batches: Batches) -> Batches:
        for batch, rows in _rows(resource, batches):
            cells = [
                (failure.file, failure.line, " ".join(found.words), at, nth, place, _packed(failure))
                for nth, row in zip(batch["_nth"].to_pylist(), rows, strict=True)
                for place, (failure, found) in enumerate(in_rows(resource, [row], gate))
            ]
            columns = zip(*cells, strict=True) if cells else [()] * len(_KINDS)
            arrays = [pa.array(column, kind) for column, kind in zip(columns, _KINDS.values(), strict=True)]
            yield pa.record_batch(arrays, names=list(_KINDS))

    return find


def _packed(failure: Failure) -> bytes:
    return as_frame([failure]).write_ipc(None).getvalue()
