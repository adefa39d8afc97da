"""The rights gate on Spark: the runs of words in all cells are joined with those of the sources, which have no text.

Neither the driver nor a worker holds them all. Only if some are in both does a gate of these tell where.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from pathlib import Path

import polars as pl
import pyarrow as pa
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from fmdata.borrowing import Gate, all_runs
from fmdata.contract import Anchoring, Package, Resource
from fmdata.contract.types import storage
from fmdata.errors import Failure
from fmdata.failures import Failures
from fmdata.rights import as_texts, in_files, in_rows, row_text, searched_in_order, where_written
from fmdata.spark.answering import view
from fmdata.spark.gathering import Batches, Shape, database
from fmdata.spark.selecting import Selected
from fmdata.spark.shapes import as_frame, told_failures
from fmdata.spark.storage import telling
from fmdata.spark.texts import quoted
from fmdata.sql import name
from fmdata.tokens import HASH_LENGTH

# As many runs as are told of: whoever published more has whole texts to take out.
_MOST = 100_000
_TOLD = "file string, line bigint, words string, at int, nth bigint, place int, told binary"
_WHERE = "the words in rows"


def check_rights(tables: Selected, package: Package, roles: Anchoring, texts: Mapping[str, bytes]) -> None:
    """Raise `CheckError` with what the cells of a release hold of the sources, or its further files, the `texts`."""
    with tempfile.TemporaryDirectory(prefix="fmdata-") as aside, Failures(package.root) as found:
        for file, text in texts.items():
            Path(aside, file).write_bytes(text)
        gate = _gate(tables, package, roles, (text.decode(errors="replace") for text in texts.values()))
        found.add(_told(tables, package, gate))
        finished = list(in_files(Path(aside), gate, {}))
        found.extend(where_written(package, gate, finished, iter(())))
        found.raise_any()


def borrowed_cells(tables: Selected, package: Package, roles: Anchoring) -> Iterator[pl.DataFrame]:
    """Frames of failures: what the cells hold of the sources."""
    return _told(tables, package, _gate(tables, package, roles, ()))


def _gate(tables: Selected, package: Package, roles: Anchoring, texts: Iterable[str]) -> Gate:
    """The gate, as far as any cell, or one of some texts, can meet it."""
    spark = tables.spark
    said = spark.createDataFrame([(run,) for run in sorted(set[str]().union(*map(all_runs, texts)))], "run string")
    rows = [spark.table(view("main", own.name)) for own in package]
    parts = [
        rows.select(*map(quoted, _shape(own).columns)).mapInArrow(_runs(own), "run string")
        for own, rows in zip(package, rows, strict=True)
    ]
    there = reduce(DataFrame.union, parts, said).distinct()
    starts = f"sequence(1, length(run_hashes), {HASH_LENGTH})"
    each = f"explode(transform({starts}, start -> substring(run_hashes, start, {HASH_LENGTH}))) AS run"
    held = spark.table(view("raw", roles.word_runs.name)).where("run_hashes <> ''")
    # Of a run that a source has twice, the first place stays.
    first = F.min(F.struct("_folder", "line_number")).alias("first")
    met = held.selectExpr(each, "_folder", "line_number").join(there, "run").groupBy("run").agg(first)
    with telling(_WHERE):
        found = met.orderBy("run").limit(_MOST).collect()
    return Gate({run: (first[0], first[1]) for run, first in found})


def _shape(resource: Resource) -> Shape:
    kinds = {field.name: storage(field) for field in resource.fields}
    return Shape(f"main.{name(resource.name)}", kinds | {"_file": "VARCHAR", "_line": "BIGINT"})


def _rows(resource: Resource, batches: Batches) -> Iterator[list[tuple[str, int, *tuple[str | None, ...]]]]:
    """The rows of batches as `as_texts` gives them, by batch."""
    shape = _shape(resource)
    with database() as con:
        for batch in batches:
            shape.create(con)
            shape.fill(con, pa.Table.from_batches([batch]))
            yield con.execute(f"SELECT {as_texts(resource)} FROM {shape.relation}").fetchall()


def _runs(resource: Resource) -> Callable[[Batches], Batches]:
    """For batches of rows: the runs of words in them."""

    def find(batches: Batches) -> Batches:
        for rows in _rows(resource, batches):
            found = set[str]().union(*(all_runs(row_text(row)) for _, _, *row in rows))
            yield pa.record_batch([pa.array(sorted(found), pa.string())], names=["run"])

    return find


def _told(tables: Selected, package: Package, gate: Gate) -> Iterator[pl.DataFrame]:
    """Frames of failures: what the cells hold that the gate lets not pass, what has one extract line told once."""
    if not gate.runs:
        return
    parts = []
    for at, resource in enumerate(searched_in_order(package)):
        made = resource.name in tables.tables
        rows = tables.ordered(resource.name) if made else tables.spark.table(view("main", resource.name))
        columns = [*map(quoted, _shape(resource).columns), "_nth"]
        numbered = rows.withColumn("_nth", F.monotonically_increasing_id()).select(*columns)
        parts.append(numbered.mapInArrow(_borrowed(resource, at, gate), _TOLD))
    once = Window.partitionBy("file", "line", "words").orderBy("at", "nth", "place")
    first = reduce(DataFrame.union, parts).withColumn("_times", F.row_number().over(once)).where("_times = 1")
    with telling(_WHERE):
        for row in first.select("told").toLocalIterator():
            yield told_failures(bytes(row[0]))


def _borrowed(resource: Resource, at: int, gate: Gate) -> Callable[[Batches], Batches]:
    """For batches of rows of a table, `at` being its number: what they hold, with all that says which is told first."""

    def find(batches: Batches) -> Batches:
        with database() as con:
            for batch in batches:
                shape = _shape(resource)
                shape.create(con)
                shape.fill(con, pa.Table.from_batches([batch]))
                rows = con.execute(f"SELECT {as_texts(resource)} FROM {shape.relation}").fetchall()
                cells = [
                    (failure.file, failure.line, " ".join(found.words), at, nth, place, _packed(failure))
                    for nth, row in zip(batch["_nth"].to_pylist(), rows, strict=True)
                    for place, (failure, found) in enumerate(in_rows(resource, [row], gate))
                ]
                kinds = (pa.string(), pa.int64(), pa.string(), pa.int32(), pa.int64(), pa.int32(), pa.binary())
                columns = zip(*cells, strict=True) if cells else [()] * len(kinds)
                names = [part.split()[0] for part in _TOLD.split(", ")]
                arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
                yield pa.record_batch(arrays, names=names)

    return find


def _packed(failure: Failure) -> bytes:
    return as_frame([failure]).write_ipc(None).getvalue()
