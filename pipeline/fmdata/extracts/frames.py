"""Records as polars frames of text."""

from __future__ import annotations

import codecs
from collections import Counter

import polars as pl

from fmdata.extracts.blocks import Part
from fmdata.extracts.structure import MAX_RECORD


class Frames:
    """Makes the frames of one extract out of its parts, which are given in their order.

    A frame has the fields called `names`, every cell as it stands, a blank one an empty text, and for each record the
    number of its file, called `file`, and the physical line it begins at, called `line`; of files that are read
    `by_row`, it is the row, the first being 1.
    """

    def __init__(self, names: list[str], by_row: tuple[bool, ...], file: str, line: str) -> None:
        self._names, self._by_row = names, by_row
        self._file, self._line = file, line
        self._before: Counter[int] = Counter()

    def frame(self, parts: list[Part]) -> pl.DataFrame:
        """The records of the next parts.

        Raises polars' errors for bytes that are not UTF-8, and for a record with other many cells or that is too long.
        """
        text = text_of(b"".join(part.body for part in parts) if len(parts) > 1 else parts[0].body, self._names)
        # A record with too few cells is made whole with blanks, the last cell among them.
        if text.select((pl.last().is_null() | (pl.last() == "")).any()).item() and not _is_whole(parts, text):
            raise pl.exceptions.ComputeError("a record has too few cells")
        sizes = _sizes(parts, len(text))
        if sum(sizes) != len(text):
            raise pl.exceptions.ComputeError("a line is blank, or a control character was taken for its end")
        if sum(part.feeds for part in parts) > len(text) and _longest(text) > MAX_RECORD:
            raise pl.exceptions.ComputeError("a record is too long")
        files, lines, start = [], [], 0
        for part, size in zip(parts, sizes, strict=True):
            by_row = self._by_row[part.file]
            first = 1 + self._before[part.file] if by_row else part.line
            own = pl.int_range(first, first + size, dtype=pl.Int64, eager=True)
            if part.feeds > size and not by_row:
                own = own + _breaks_before(text[start : start + size])
            files.append(pl.repeat(part.file, size, dtype=pl.Int32, eager=True))
            lines.append(own)
            self._before[part.file] += size
            start += size
        return text.with_columns(pl.concat(files).alias(self._file), pl.concat(lines).alias(self._line))


def text_of(source: bytes, names: list[str]) -> pl.DataFrame:
    """The records of some bytes that are proved sound, every cell as it stands; where some are missing, they are blank.

    Raises polars' errors for bytes that are not UTF-8 and for a record with too many cells.
    """
    if source.startswith(codecs.BOM_UTF8):
        # In the midst of a file it is a character like any other, which a reader would take off.
        source = codecs.BOM_UTF8 + source
    columns = dict.fromkeys(names, pl.String)
    return pl.read_csv(source, has_header=False, schema=columns, empty_string_is_null=False)


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
