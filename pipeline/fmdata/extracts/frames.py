"""Records as polars frames of text."""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from fmdata.extracts.blocks import Part
from fmdata.extracts.picked import Numbers, picked
from fmdata.extracts.structure import MAX_RECORD


@dataclass(frozen=True)
class Seen:
    """Where some `records` of a file stand: in `size` bytes from `start` on, the first of them at `line`.

    Where a cell holds line `breaks`, records are further apart than a line. Of `empty` cells some may be quoted.
    """

    file: int
    start: int
    size: int
    line: int
    records: int
    breaks: bool
    empty: bool


class Frames:
    """Makes the frames of one extract out of its parts, which are given in their order.

    A frame has the fields called `names`, every cell as it stands, an empty one null, and for each record the number of
    its file, called `file`, and the physical line it begins at, called `line`; of files that are read `by_row`, it is
    the row, the first being 1.
    """

    def __init__(self, names: list[str], by_row: tuple[bool, ...], file: str, line: str) -> None:
        self._names, self._by_row = names, by_row
        self._file, self._line = file, line
        self._before: Counter[int] = Counter()
        # What the frames were made from, in their order.
        self.seen: list[list[Seen]] = []

    def frame(self, parts: list[Part]) -> pl.DataFrame:
        """The records of the next parts.

        Raises polars' errors for bytes that are not UTF-8, and for a record with other many cells or that is too long.
        """
        empty = any(part.quotes_nothing() for part in parts)
        text = text_of(_joined([part.body for part in parts]), self._names, empty)
        # A record with too few cells is made whole with blanks, the last cell among them.
        if text.to_series(text.width - 1).has_nulls() and not _is_whole(parts, text):
            raise pl.exceptions.ComputeError("a record has too few cells")
        sizes = _sizes(parts, len(text))
        if sum(sizes) != len(text):
            raise pl.exceptions.ComputeError("a line is blank, or a control character was taken for its end")
        if sum(part.feeds for part in parts) > len(text) and _longest(text) > MAX_RECORD:
            raise pl.exceptions.ComputeError("a record is too long")
        self.seen.append([self._as_seen(part, size) for part, size in zip(parts, sizes, strict=True)])
        return self._placed(text, self.seen[-1])

    def again(self, files: Sequence[Path], seen: list[Seen], fields: Container[str], wanted: Numbers) -> pl.DataFrame:
        """Some `fields` of the `wanted` records of a frame that was made, out of the same `files`.

        Records are wanted by their numbers in the frame, which ascend. Raises polars' errors where they are no longer
        there.
        """
        bodies, empty = [_bytes(files[one.file], one) for one in seen], any(one.empty for one in seen)
        some = _picked(bodies, seen, wanted)
        if some is not None:
            text = text_of(some, self._names, empty, [name for name in self._names if name in fields])
            if len(text) != len(wanted):
                raise pl.exceptions.ComputeError("there are other records than before")
            return text.hstack(self._places(text, seen)[wanted])
        breaks = any(one.breaks for one in seen)
        # The line feeds in the cells of a record tell at which line the next one begins.
        only = [name for name in self._names if breaks or name in fields]
        text = text_of(_joined(bodies), self._names, empty, only)
        if len(text) != sum(one.records for one in seen):
            raise pl.exceptions.ComputeError("there are other records than before")
        return self._placed(text, seen)[wanted]

    def _as_seen(self, part: Part, records: int) -> Seen:
        by_row = self._by_row[part.file]
        line = 1 + self._before[part.file] if by_row else part.line
        self._before[part.file] += records
        breaks = part.feeds > records and not by_row
        return Seen(part.file, part.start, len(part.body), line, records, breaks, part.quotes_nothing())

    def _placed(self, text: pl.DataFrame, seen: list[Seen]) -> pl.DataFrame:
        return text.hstack(self._places(text, seen))

    def _places(self, text: pl.DataFrame, seen: list[Seen]) -> pl.DataFrame:
        """The number of the file and the line of each record; `text` is asked where there are breaks."""
        files, lines, start = [], [], 0
        for one in seen:
            own = pl.int_range(one.line, one.line + one.records, dtype=pl.Int64, eager=True)
            if one.breaks:
                own = own + _breaks_before(text[start : start + one.records])
            files.append(pl.repeat(one.file, one.records, dtype=pl.Int32, eager=True))
            lines.append(own)
            start += one.records
        return pl.DataFrame({self._file: pl.concat(files), self._line: pl.concat(lines)})


def text_of(source: bytes, names: list[str], empty: bool, only: list[str] | None = None) -> pl.DataFrame:
    """The records of some bytes that are proved sound, every cell as it stands; empty or missing ones are null.

    Some may be `empty` between quotes. With `only`, these columns alone.

    Raises polars' errors for bytes that are not UTF-8 and for a record with too many cells.
    """
    if source.startswith(codecs.BOM_UTF8):
        # In the midst of a file it is a character like any other, which a reader would take off.
        source = codecs.BOM_UTF8 + source
    columns = dict.fromkeys(names, pl.String)
    places = [names.index(name) for name in only] if only is not None else None
    text = pl.read_csv(source, columns=places, has_header=False, schema=columns)
    return text.select(pl.when(pl.all() != "").then(pl.all())) if empty else text


def _joined(bodies: list[bytes]) -> bytes:
    # One is not copied.
    return b"".join(bodies) if len(bodies) > 1 else bodies[0]


def _picked(bodies: list[bytes], seen: list[Seen], wanted: Numbers) -> bytes | None:
    """The bytes of the wanted records alone, where they can be told without parsing all."""
    some, start = [], 0
    for body, one in zip(bodies, seen, strict=True):
        first, end = np.searchsorted(wanted, [start, start + one.records])
        found = picked(body, one.records, wanted[first:end] - start)
        if found is None:
            return None
        some.append(found)
        start += one.records
    return b"".join(some)


def _bytes(file: Path, seen: Seen) -> bytes:
    with file.open("rb") as stream:
        stream.seek(seen.start)
        return stream.read(seen.size)


def _is_whole(parts: list[Part], text: pl.DataFrame) -> bool:
    """Whether every byte of the parts is one of a cell, or one that there must be around it."""
    cells = text.select(pl.sum_horizontal(pl.all().str.len_bytes().sum())).item()
    around = text.width * len(text) + sum(part.quoting() for part in parts)
    return bool(cells + around == sum(len(part.body) for part in parts))


def _sizes(parts: list[Part], records: int) -> list[int]:
    """How many records each part has, all of them together being `records`."""
    if sum(part.feeds for part in parts) == records:
        return [part.feeds for part in parts]
    return [part.feeds - part.breaks() for part in parts]


def _longest(text: pl.DataFrame) -> int:
    """The most bytes that the cells of one record have."""
    return int(text.select(pl.sum_horizontal(pl.all().str.len_bytes()).max()).item() or 0)


def _breaks_before(text: pl.DataFrame) -> pl.Series:
    """For each record, the line feeds inside the cells of those before it."""
    breaks = pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True)).cast(pl.Int64)
    return text.select(breaks.cum_sum() - breaks).to_series()
