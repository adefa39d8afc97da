"""Writing a release: CSV files, what changed in them, the descriptor, the DuckDB file."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import duckdb
import polars as pl

from fmdata.assemble import Assembled
from fmdata.changes import write_changes
from fmdata.contract import Package, Resource
from fmdata.independent import IndependentReader
from fmdata.progress import Progress, Step
from fmdata.recount import Recount
from fmdata.sql import Room, connect, name, stop, watched
from fmdata.verify_database import Fingerprint
from fmdata.writers.csv import DATA, append_csv
from fmdata.writers.database import write_database
from fmdata.writers.descriptor import content_hash, write_descriptor
from fmdata.writers.parquet import write_parquet
from fmdata.writers.remarks import sampled
from fmdata.writers.shape import Shape

# The part of what DuckDB may use that is for the rows that are held; the rest is for writing and comparing the release.
HELD = 0.55


@dataclass
class Writing:
    """A release that is being written to `folder`; `step` is what its writing has come to."""

    package: Package
    folder: Path
    room: Room
    parquet: bool
    progress: Progress
    step: Step = field(default_factory=lambda: Step("writing CSV files"))

    def write_data(self, con: duckdb.DuckDBPyConnection, made: Assembled) -> dict[str, int]:
        """Write the tables and what changed in them since the release before. Returns the rows of each.

        Raises what `write_changes` raises.
        """
        counts = made.rows(con)
        self.step = Step("writing CSV files", total=sum(counts.values()), percent=watched(con), stop=partial(stop, con))
        self.progress(self.step)
        for resource in self.package:
            if not (self.folder / DATA / f"{resource.name}.csv").exists():
                append_csv(con, resource, f"main.{name(resource.name)}", self.folder, self.room.scratch)
        counts = write_changes(con, made, self.folder, counts, self.room.part((1 - HELD) / 3), self.progress)
        for resource in self.package if self.parquet else ():
            write_parquet(con, resource, self.folder)
        return counts

    def write_database(
        self,
        con: duckdb.DuckDBPyConnection,
        made: Assembled,
        data: Future[dict[str, int]],
        reader: IndependentReader,
        beside: Executor,
    ) -> tuple[dict[str, int], dict[str, str], dict[str, int], dict[str, Fingerprint], Shape]:
        """Describe the tables once their `data` are written, let `reader` begin, and write the DuckDB file.

        Returns the rows of each table, the SHA-256 of the CSV files, by file, the rows that the reader should find,
        the fingerprints of the CSV files, and the shape of the DuckDB file.
        """
        package, folder, counts = self.package, self.folder, data.result()
        rows_in_all = sum(counts.values())
        described = beside.submit(write_descriptor, package, folder, counts)
        large = sampled(package, counts)
        if not large:
            beside.submit(_let_read, reader, folder, described)
        with (
            connect(self.room.part((1 - HELD) / 3), threads="1") as again,
            connect(self.room.part((1 - HELD) * 2 / 3), threads="1") as out,
        ):
            recount = Recount(again, package, counts)
            self.step = step = Step("writing the DuckDB file", stop=partial(stop, out))
            self.progress(step)

            def look(resource: Resource, rows: pl.DataFrame) -> None:
                recount.look(resource, rows)
                step.rows += len(rows)
                step.part = step.rows / rows_in_all

            def content() -> str:
                return content_hash(described.result())

            shape = write_database(out, package, folder, counts, content, partial(made.place, con), look)
        read, sample = counts, self.room.scratch / "sample"
        if large:
            read = recount.write_sample(folder, sample)
            reader.read(sample)
        return counts, described.result(), read, recount.fingerprints, shape


def _let_read(reader: IndependentReader, folder: Path, described: Future[dict[str, str]]) -> None:
    """Let frictionless begin to read the package at `folder` as soon as it is described."""
    described.result()
    reader.read(folder)
