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


@dataclass(frozen=True)
class Described:
    """What the descriptor says of the tables: the rows of each, and the SHA-256 of the CSV files, by file."""

    counts: dict[str, int]
    hashes: dict[str, str]


@dataclass(frozen=True)
class Written:
    """What was written: the tables as described, and the shape of the DuckDB file.

    And what to hold against it: the rows of each table that frictionless should `read`, and fingerprints of the CSV
    files.
    """

    described: Described
    read: dict[str, int]
    in_csv: dict[str, Fingerprint]
    shape: Shape


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
        """Write the tables. Returns the rows of each."""
        counts = made.rows(con)
        self.step = Step("writing CSV files", total=sum(counts.values()), percent=watched(con), stop=partial(stop, con))
        self.progress(self.step)
        for resource in self.package:
            if not (self.folder / DATA / f"{resource.name}.csv").exists():
                append_csv(con, resource, f"main.{name(resource.name)}", self.folder, self.room.scratch)
        return counts

    def write_changes(
        self, con: duckdb.DuckDBPyConnection, data: Future[dict[str, int]], reader: IndependentReader
    ) -> Described:
        """Write what changed since the release before, once the `data` are written, and describe the tables.

        Then `reader` may begin, unless it is to have samples. Raises what `write_changes` raises.
        """
        package, folder = self.package, self.folder
        counts = write_changes(con, package, folder, data.result(), self.room.part((1 - HELD) / 3), self.progress)
        for resource in package if self.parquet else ():
            write_parquet(con, resource, folder, folder)
        hashes = write_descriptor(package, folder, counts)
        if not sampled(package, counts):
            reader.read(folder)
        return Described(counts, hashes)

    def write_database(
        self,
        con: duckdb.DuckDBPyConnection,
        made: Assembled,
        data: Future[dict[str, int]],
        changed: Future[Described],
        reader: IndependentReader,
    ) -> Written:
        """Write the DuckDB file once the `data` are written; that of the history waits for what `changed`."""
        package, folder, counts = self.package, self.folder, dict(data.result())
        rows_in_all = sum(counts.values())

        def content() -> str:
            counts.update(changed.result().counts)
            return content_hash(changed.result().hashes)

        with (
            connect(self.room.part((1 - HELD) / 3), threads="1") as again,
            connect(self.room.part((1 - HELD) / 3), threads="1") as out,
        ):
            recount = Recount(again, package, counts)
            self.step = step = Step("writing the DuckDB file", stop=partial(stop, out))
            self.progress(step)

            def look(resource: Resource, rows: pl.DataFrame) -> None:
                recount.look(resource, rows)
                step.rows += len(rows)
                step.part = step.rows / max(rows_in_all, step.rows)

            shape = write_database(out, package, folder, counts, content, partial(made.place, con), look)
        read, sample = counts, self.room.scratch / "sample"
        if sampled(package, counts):
            read = recount.write_sample(folder, sample)
            reader.read(sample)
        return Written(changed.result(), read, recount.fingerprints, shape)


def begin(
    making: Writing, beside: Executor, con: duckdb.DuckDBPyConnection, made: Assembled, reader: IndependentReader
) -> tuple[Future[Described], Future[Written]]:
    """Begin to write a release in threads of their own: what changed, as described, and all that was written."""
    data = beside.submit(making.write_data, con.cursor(), made)
    changed = beside.submit(making.write_changes, con.cursor(), data, reader)
    return changed, beside.submit(making.write_database, con.cursor(), made, data, changed, reader)
