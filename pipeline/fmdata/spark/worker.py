"""What a worker does: it takes in parts of extracts as the local engine takes in files, with the very same code.

A part is put on the worker's disk, and what becomes of it is handed on some rows at a time, so that memory does not
grow with it.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pandera.polars as pandera
import polars as pl
import pyarrow as pa

from fmdata import __version__
from fmdata.assemble import workspace
from fmdata.contract import Resource
from fmdata.doubts import ROW
from fmdata.errors import Failure, FmdataError
from fmdata.extracts import Extract, check_structure, check_text, unpack
from fmdata.failures import Failures
from fmdata.intake import Meter, take_in
from fmdata.progress import Step
from fmdata.spark.shapes import (
    BYTES,
    DOUBTED,
    ERROR,
    RECORDS,
    ROWS,
    arrow_schema,
    as_frame,
    rows_as_arrow,
    told_as_arrow,
)
from fmdata.sql import Room

Put = Callable[[pa.RecordBatch], None]


@dataclass(frozen=True)
class Task:
    """What is to be done with the extracts of a resource, the same for each worker.

    `checks` are the project's own rules that look at one row, None if the contract is not to be checked either.
    `numbers` are those of the files. A worker's DuckDB may use `memory` bytes.
    """

    resource: Resource
    checks: list[pandera.Check] | None
    numbers: dict[str, int]
    memory: int
    version: str = __version__
    schema: pa.Schema = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "schema", arrow_schema(self.resource))

    def expect_same_version(self) -> None:
        """Raise `FmdataError` where the worker has another fmdata than the driver."""
        if self.version != __version__:
            raise FmdataError(f"a worker has fmdata {__version__}, the driver {self.version}; install the same on both")


@dataclass
class _Receiver:
    """Hands typed rows on as Arrow batches: `numbers` are the files', `shift` is what their lines are further down."""

    task: Task
    put: Put
    numbers: list[int]
    shift: int

    def begin(self, con: duckdb.DuckDBPyConnection, resource: Resource) -> None:
        pass

    def take(
        self,
        con: duckdb.DuckDBPyConnection,
        resource: Resource,
        typed: pl.DataFrame,
        doubt: pl.Series | None,
        sound: bool,
    ) -> None:
        rows = typed if doubt is None else typed.filter(~doubt)
        numbers = pl.col("_extract").replace_strict(dict(enumerate(self.numbers)), return_dtype=pl.Int32)
        for batch in rows_as_arrow(rows.with_columns(numbers, pl.col("_line") + self.shift), self.task.schema):
            self.put(batch)

    def take_late(self, con: duckdb.DuckDBPyConnection, resource: Resource, typed: pl.DataFrame) -> None:
        self.take(con, resource, typed.drop(ROW), None, sound=False)


def take_files(task: Task, root: Path, files: list[str], put: Put) -> None:
    """Take in whole files, which stand below `root`. What is wrong with any is told."""
    resource = task.resource
    with _working(task, put) as (con, found, scratch):
        task.expect_same_version()
        texts: dict[str, Path] = {}
        for file in files:
            text, wrong = unpack(con, root, file, resource, scratch)
            _tell(task, put, BYTES, wrong)
            if not wrong:
                texts[file] = text
        for file in _take(task, con, texts, found, put, shift=0):
            wrong = check_text(texts[file], file, resource)
            amiss = [] if wrong else check_structure(con, texts[file], file, resource)
            _tell(task, put, BYTES, wrong)
            _tell(task, put, RECORDS, amiss)
            if not wrong and not amiss:
                raise FmdataError(f"{file}: cannot be read as CSV.")


def take_split(task: Task, file: str, text: Path, line: int, put: Put) -> None:
    """Take in whole records of a file, which stand in `text` below a header, the first of them at a `line` of the file.

    At line 0 begins the file itself, with its own header. Where they are no sound records, it is told only that the
    file is in doubt.
    """
    with _working(task, put) as (con, found, _):
        task.expect_same_version()
        shift = line - 1 - header(task.resource).count(b"\n") if line else 0
        if _take(task, con, {file: text}, found, put, shift):
            _tell(task, put, DOUBTED, [Failure(file)])


def header(resource: Resource) -> bytes:
    """The header of an extract."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(resource.names())
    return line.getvalue().encode()


@contextmanager
def _working(task: Task, put: Put) -> Iterator[tuple[duckdb.DuckDBPyConnection, Failures, Path]]:
    """A database, what is found, and a folder; at the end it is told what was found, or why there was no going on."""
    with (
        tempfile.TemporaryDirectory(prefix="fmdata-") as folder,
        workspace(Room(task.memory, Path(folder))) as con,
        Failures(Path(folder)) as found,
    ):
        con.execute("SET threads = 1")
        try:
            yield con, found, Path(folder)
        except FmdataError as error:
            _tell(task, put, ERROR, [Failure("", rule="error", found=str(error))])
        for frame in found.frames():
            put(told_as_arrow(ROWS, frame, task.schema))


def _tell(task: Task, put: Put, stage: str, failures: list[Failure]) -> None:
    if failures:
        put(told_as_arrow(stage, as_frame(failures), task.schema))


def _take(
    task: Task, con: duckdb.DuckDBPyConnection, texts: dict[str, Path], found: Failures, put: Put, shift: int
) -> list[str]:
    """Take in the texts of some files; returns those that could not be read as rows."""
    if not texts:
        return []
    receiver = _Receiver(task, put, [task.numbers[file] for file in texts], shift)
    extract = Extract(task.resource, tuple(texts))
    told = _Shifted(found, shift) if shift else found
    return take_in(con, extract, texts, task.checks, told, Meter(Step(""), 1), receiver)[1]


class _Shifted(Failures):
    """Adds what is found to other failures, so many lines further down."""

    def __init__(self, found: Failures, shift: int) -> None:
        super().__init__(Path())
        self._found, self._shift = found, shift

    def __bool__(self) -> bool:
        return bool(self._found)

    def extend(self, found: Iterable[Failure]) -> None:
        self._found.extend(failure._replace(line=failure.line + self._shift) for failure in found)

    def add(self, found: Iterable[pl.DataFrame]) -> None:
        self._found.add(frame.with_columns(pl.col("line") + self._shift) for frame in found)
