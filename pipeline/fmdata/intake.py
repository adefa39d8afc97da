"""Extracts taken in: their bytes proved sound, parsed once, typed and checked in batches, handed to DuckDB.

A batch is at most `BATCH` rows of text as a polars frame. `doubts` types it and says what is no value; pandera checks
the typed rows. Memory does not grow with the extract, but for rules that look beyond a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandera.polars as pa
import polars as pl

from fmdata.ahead import ahead
from fmdata.checks import BATCH, RowChecks
from fmdata.contract import Resource
from fmdata.contract.types import storage
from fmdata.doubts import ROW, completed, quickly, settled
from fmdata.errors import Failure, FmdataError, raise_if
from fmdata.exchange import scanned
from fmdata.extracts import RAW, Extract, check_structure, check_text, read_blocks
from fmdata.extracts.columnar import PARQUET
from fmdata.extracts.frames import Frames
from fmdata.failures import Failures
from fmdata.progress import Step
from fmdata.receivers import Receiver
from fmdata.sql import literal, name
from fmdata.taken import FILE, Taken, places

# Of how many batches what is wrong is told together. Some rows of a batch keep the texts of all in memory.
_TOLD = 6


@dataclass(frozen=True)
class Meter:
    """Keeps a step up to date while extracts of `size` bytes together are taken in."""

    step: Step
    size: int

    def count(self, rows: int, size: int) -> None:
        """Some rows of some bytes more are taken in."""
        self.step.rows += rows
        self.step.part += size / self.size


def take_in(
    con: duckdb.DuckDBPyConnection,
    extract: Extract,
    texts_: Mapping[str, Path],
    checks: list[pa.Check] | None,
    found: Failures,
    meter: Meter,
    passing: Receiver | None,
) -> tuple[Taken, list[str]]:
    """Make `raw.<resource>`: the typed rows of an extract, in the order of files and lines.

    Further columns: `_file` (path from the root), `_line` (physical line, 1-based), `_folder` (the folder under raw/,
    NULL for none). Every row is checked for its types and, with `checks`, be they none, for contract and checks too;
    what is wrong is `found`. With `passing` the rows are not held, but handed on; they are published as long as nothing
    is found. `texts_` says where the CSV text of each file is. Returns what was taken in, and the files that could not
    be read as rows.
    """
    make_tables(con, extract)
    doubted: list[str] = []
    by_row = tuple(file.endswith(PARQUET) for file in extract.files)
    taken = Taken(extract, texts_, Frames(extract.resource.names(), by_row, FILE, "_line"))
    if passing:
        passing.begin(con, extract.resource)
    # While a batch is checked, the next one is read and the one before handed over.
    # Whatever fails, the cursor is closed when the threads have ended.
    with con.cursor() as cursor, ThreadPoolExecutor(1) as holder, ThreadPoolExecutor(1) as teller:
        taking = _Taking(con, extract, checks, found, _Hand(holder, cursor, passing), teller)
        for text, size in ahead(_batches(taken, doubted)):
            taking.take(text)
            taken.rows += len(text)
            meter.count(len(text), size)
        taking.end(whole=not doubted)
    return taken, doubted


class _Taking:
    """The batches of an extract on their way: typed, checked, handed over. What is wrong is told of many together."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        extract: Extract,
        checks: list[pa.Check] | None,
        found: Failures,
        hand: _Hand,
        teller: ThreadPoolExecutor,
    ) -> None:
        self._con, self._resource, self._place = con, extract.resource, places(extract)
        self._rows = RowChecks(self._resource, checks or [], contract=checks is not None)
        self._found, self._hand, self._teller = found, hand, teller
        self._telling: Future[pl.DataFrame | None] | None = None
        self._sound = not found
        self._seen: list[pl.DataFrame] = []
        self._broken: list[pl.DataFrame] = []
        self._aside: list[pl.DataFrame] = []
        self._waited = self._taken = 0

    def take(self, text: pl.DataFrame) -> None:
        """Take the next rows, which are text."""
        typed, doubt = quickly(text, self._resource)
        if doubt is not None and (self._sound or not self._hand.passing or self._rows.beyond):
            typed, wrong = completed(self._con, text, typed, doubt, self._resource, self._place)
            self._add(wrong)
            doubt = None
        elif doubt is not None:
            # Nothing waits for them, nor for their order: their numbers in the extract tell which they are.
            self._aside.append(text.filter(doubt).with_columns(pl.col(ROW).cast(pl.Int64) + self._taken))
        self._taken += len(text)
        self._check(typed.drop(ROW), doubt)
        self._waited += bool(self._aside or self._broken)
        if self._waited == _TOLD:
            self._tell()

    def end(self, whole: bool) -> None:
        """Tell what is left, and, of a `whole` table, what only all of its rows together can break."""
        self._tell()
        self._wait()
        self._hand.wait()
        if self._seen and whole:
            self._add(self._rows.told_whole(pl.concat(self._seen), self._place))

    def _check(self, typed: pl.DataFrame, doubt: pl.Series | None) -> None:
        """Check typed rows, but those in doubt, for what each of them keeps, and hand them on in their order."""
        if len(broken := self._rows.broken(typed, self._place, doubt)):
            self._broken.append(broken)
            self._sound = False
        if self._rows.beyond:
            self._seen.append(typed)
        self._hand.over(typed, doubt, self._resource, self._sound)

    def _add(self, failures: list[pl.DataFrame]) -> None:
        self._wait()
        self._found.add(failures)
        self._sound = self._sound and not self._found

    def _tell(self) -> None:
        """Have it told what was put aside, which takes as long as the next batches do."""
        self._wait()
        if self._aside or self._broken:
            self._telling = self._teller.submit(self._tell_of, self._aside, self._broken)
        self._aside, self._broken, self._waited = [], [], 0

    def _wait(self) -> None:
        values = self._telling.result() if self._telling else None
        self._telling = None
        if values is not None:
            self._hand.over_late(values, self._resource)

    def _tell_of(self, aside: list[pl.DataFrame], broken: list[pl.DataFrame]) -> pl.DataFrame | None:
        """Tell what is wrong with rows in doubt and with those that break something; returns the former, typed."""
        values = None
        if aside:
            with self._con.cursor() as cursor:
                values, wrong = settled(cursor, pl.concat(aside), self._resource, self._place)
            self._found.add(wrong)
            if len(more := self._rows.broken(values.drop(ROW), self._place)):
                broken = [*broken, more]
        if broken:
            self._found.add(self._rows.told(pl.concat(broken), self._place))
        return values


def _batches(taken: Taken, doubted: list[str]) -> Iterator[tuple[pl.DataFrame, int]]:
    """The rows of an extract as text, each with the number of its file, its line, and its number in the frame.

    With each frame, the bytes it was read from. Files that cannot be read as rows go to `doubted`.
    """
    extract, frames = taken.extract, taken.frames
    for parts in ahead(read_blocks(taken.texts, extract.resource.names(), doubted)):
        try:
            text = frames.frame(parts)
        except pl.exceptions.PolarsError:
            doubted += dict.fromkeys(extract.files[part.file] for part in parts)
            continue
        size = sum(len(part.body) for part in parts)
        # Rows may be as short as two bytes, and each can have its failures.
        for some in text.iter_slices(BATCH):
            yield some.with_row_index(ROW), size * len(some) // len(text)


def refuse(
    con: duckdb.DuckDBPyConnection,
    failures: list[Failure],
    doubted: list[tuple[Resource, str]],
    texts_: Mapping[str, Path],
) -> None:
    """Raise `failures` with what is wrong with the bytes of files that could not be read as rows, or else the rows."""
    raise_if(failures + [f for resource, file in doubted for f in check_text(texts_[file], file, resource)])
    raise_if([f for resource, file in doubted for f in check_structure(con, texts_[file], file, resource)])
    for _, file in doubted:
        raise FmdataError(f"{file}: cannot be read as CSV.")


def make_tables(con: duckdb.DuckDBPyConnection, extract: Extract) -> None:
    """Make `held.<resource>` without a row, and the view `raw.<resource>` that tells each row's file."""
    resource = extract.resource
    held, files = f"held.{name(resource.name)}", f"held.{name(f'{resource.name} files')}"
    columns = "".join(f"{name(field.name)} {storage(field)}, " for field in resource.fields)
    con.execute(f"CREATE TABLE {held} ({columns}{FILE} INTEGER, _line BIGINT)")
    # The paths are kept once; a row holds the number of its own.
    con.execute(f"CREATE TYPE {files} AS ENUM ({', '.join(map(literal, extract.files))})")
    names = "".join(f"{name(field.name)}, " for field in resource.fields)
    con.execute(
        f"CREATE VIEW raw.{name(resource.name)} AS "
        f"SELECT {names}CAST(enum_range(NULL::{files})[{FILE} + 1] AS VARCHAR) AS _file, _line, "
        f"CASE WHEN _file LIKE '{RAW}/%/%' THEN split_part(_file, '/', 2) END AS _folder FROM {held}"
    )


def hold(con: duckdb.DuckDBPyConnection, typed: pl.DataFrame, resource: Resource) -> None:
    """Add some rows to `raw.<resource>`. Fields they do not have are blank."""
    columns = ", ".join([*(name(field) for field in resource.names() if field in typed.columns), FILE, "_line"])
    with scanned(con, "_typed", typed):
        con.execute(f"INSERT INTO held.{name(resource.name)} ({columns}) SELECT {columns} FROM _typed")


class _Hand:
    """Hands rows over in a thread of its own: to be held, or to whoever takes them `passing`."""

    def __init__(self, thread: ThreadPoolExecutor, con: duckdb.DuckDBPyConnection, passing: Receiver | None) -> None:
        self._thread, self._con, self.passing = thread, con, passing
        self._last: Future[None] | None = None

    def wait(self) -> None:
        """Wait for the rows before."""
        if self._last:
            self._last.result()

    def over(self, typed: pl.DataFrame, doubt: pl.Series | None, resource: Resource, sound: bool) -> None:
        """Hand over some typed rows but those in doubt, once those before are."""
        self.wait()
        if self.passing:
            self._last = self._thread.submit(self.passing.take, self._con, resource, typed, doubt, sound)
        else:
            self._last = self._thread.submit(hold, self._con, typed, resource)

    def over_late(self, typed: pl.DataFrame, resource: Resource) -> None:
        """Hand over some typed rows that were in doubt, with their numbers in the extract as `ROW`."""
        self.wait()
        if self.passing:
            self._last = self._thread.submit(self.passing.take_late, self._con, resource, typed)
