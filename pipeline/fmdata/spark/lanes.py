"""The ways in which bytes come to a worker from Spark's readers, each an iterator of Arrow batches to another.

Small files, and what is no plain CSV, come whole; large files in splits of whole lines; large files whose quoted cells
run across splits, or whose bytes are in doubt, in splits that are put together again.
"""

from __future__ import annotations

import codecs
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import IO

import numpy as np
import pyarrow as pa

from fmdata.spark.worker import Put, Task, header, take_files, take_split

Batches = Iterator[pa.RecordBatch]
Lane = Callable[[Batches], Batches]
# Batches that wait to be taken away.
_WAITING = 4
# What Spark's reader takes off a text without a word.
_MARK = codecs.BOM_UTF8


class _NobodyWaitsError(Exception):
    """Whoever took the batches away has gone."""


def whole(task: Task) -> Lane:
    """For batches of `file`, `content`: whole files."""

    def take(batches: Batches, put: Put) -> None:
        for batch in batches:
            with tempfile.TemporaryDirectory(prefix="fmdata-") as folder:
                root, files = Path(folder), []
                for file, content in zip(batch.column("file").to_pylist(), batch.column("content"), strict=True):
                    target = root / file
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content.as_buffer())
                    files.append(file)
                if files:
                    take_files(task, root, sorted(files), put)

    return _pushed(take)


@dataclass(frozen=True)
class Split:
    """A part of a file: where its lines begin, in bytes and as the number of the first of them."""

    file: str
    start: int
    line: int


def in_splits(task: Task, splits: dict[int, Split]) -> Lane:
    """For batches of `split`, `line`: the lines of splits, which are called by a number, in their order."""

    def take(batches: Batches, put: Put) -> None:
        for number, bodies in _runs(batches):
            split = splits[number]
            with tempfile.NamedTemporaryFile(prefix="fmdata-", suffix=".csv") as text:
                text.write(header(task.resource) if split.start else b"")
                _spool(bodies, text)
                take_split(task, split.file, Path(text.name), split.line if split.start else 0, put)

    return _pushed(take)


def put_together(task: Task, splits: dict[int, Split], sizes: dict[str, int]) -> Lane:
    """As `in_splits`, for batches in which the splits of a file follow each other; files have `sizes` in bytes."""

    def take(batches: Batches, put: Put) -> None:
        runs = _runs(batches)
        following = next(runs, None)
        while following:
            file, bodies = splits[following[0]].file, following[1]
            with tempfile.TemporaryDirectory(prefix="fmdata-") as folder:
                text = Path(folder, file)
                text.parent.mkdir(parents=True)
                with text.open("wb") as stream:
                    _spool(bodies, stream)
                    while (following := next(runs, None)) and splits[following[0]].file == file:
                        _spool(following[1], stream)
                _restore(text, sizes[file])
                take_files(task, Path(folder), [file], put)

    return _pushed(take)


def _pushed(take: Callable[[Batches, Put], None]) -> Lane:
    """A function that puts batches, as one that yields them: it waits when too many are not taken away."""

    def lane(batches: Batches) -> Batches:
        waiting: Queue[pa.RecordBatch | BaseException | None] = Queue(_WAITING)
        gone = False

        def put(batch: pa.RecordBatch) -> None:
            if gone:
                raise _NobodyWaitsError
            waiting.put(batch)

        def work() -> None:
            try:
                take(batches, put)
            except _NobodyWaitsError:
                return
            except BaseException as error:
                waiting.put(error)
            waiting.put(None)

        worker = Thread(target=work, daemon=True)
        worker.start()
        try:
            while (batch := waiting.get()) is not None:
                if isinstance(batch, BaseException):
                    raise batch
                yield batch
        finally:
            gone = True
            with suppress(Exception):
                while not waiting.empty():
                    waiting.get_nowait()
        worker.join()

    return lane


def _runs(batches: Batches) -> Iterator[tuple[int, Iterator[pa.Array]]]:
    """The splits that batches have, one after the other, each with its lines; they must be drawn in their order."""
    pieces = _pieces(batches)
    piece = next(pieces, None)
    while piece:
        split = piece[0]

        def same(split: int = split) -> Iterator[pa.Array]:
            nonlocal piece
            while piece and piece[0] == split:
                yield piece[1]
                piece = next(pieces, None)

        lines = same()
        yield split, lines
        for _ in lines:
            pass


def _pieces(batches: Batches) -> Iterator[tuple[int, pa.Array]]:
    """The batches, cut where another split begins."""
    for batch in batches:
        splits, lines, first = batch.column("split").to_numpy(), batch.column("line"), 0
        ends = [*(np.flatnonzero(splits[1:] != splits[:-1]) + 1), len(splits)] if len(splits) else []
        for end in ends:
            yield int(splits[first]), lines.slice(first, end - first)
            first = end


def _spool(bodies: Iterator[pa.Array], stream: IO[bytes]) -> None:
    """Write lines, each with its line feed, as they stand beside each other in the array."""
    for lines in bodies:
        offsets, body = lines.buffers()[1:]
        width = 8 if pa.types.is_large_binary(lines.type) else 4
        starts = memoryview(offsets).cast("q" if width == 8 else "i")
        stream.write(memoryview(body)[starts[lines.offset] : starts[lines.offset + len(lines)]])
    stream.flush()


def _restore(text: Path, size: int) -> None:
    """Give back what Spark's reader of lines took off a text of such a `size`, or added to it."""
    missing = size - text.stat().st_size
    if missing in (-1, len(_MARK) - 1):
        with text.open("rb+") as stream:
            stream.truncate(text.stat().st_size - 1)
        missing += 1
    if missing == len(_MARK):
        body = text.read_bytes()
        text.write_bytes(_MARK + body)
