"""Records as polars frames of text."""

from __future__ import annotations

import codecs

import polars as pl

from fmdata.extracts.blocks import Part
from fmdata.extracts.structure import MAX_RECORD


def frame(parts: list[Part], names: list[str]) -> pl.DataFrame:
    """The records of some parts, every cell as it stands; a blank one is an empty text.

    Raises polars' errors for bytes that are not UTF-8, and for a record with too many cells or that is too long.
    """
    source = b"".join(part.body for part in parts) if len(parts) > 1 else parts[0].body
    if source.startswith(codecs.BOM_UTF8):
        # In the midst of a file it is a character like any other, which a reader would take off.
        source = codecs.BOM_UTF8 + source
    columns = dict.fromkeys(names, pl.String)
    text = pl.read_csv(source, has_header=False, schema=columns, empty_string_is_null=False)
    if len(text) != sum(part.records for part in parts):
        raise AssertionError(f"{len(text)} rows are read where the bytes hold other many records: {names}")
    if any(part.breaks for part in parts) and _longest(text) > MAX_RECORD:
        raise pl.exceptions.ComputeError("a record is too long")
    return text


def lines(parts: list[Part], text: pl.DataFrame, by_row: tuple[bool, ...]) -> pl.Series:
    """Where each record of `text`, the frame of `parts`, is found: the physical line it begins at.

    Of files that are read `by_row`, it is the row, the first being 1.
    """
    found = []
    start = 0
    for part in parts:
        first = 1 + part.before if by_row[part.file] else part.line
        own = pl.int_range(first, first + part.records, dtype=pl.Int64, eager=True)
        if part.breaks and not by_row[part.file]:
            own = own + _breaks_before(text[start : start + part.records])
        found.append(own)
        start += part.records
    return pl.concat(found)


def files(parts: list[Part]) -> pl.Series:
    """The number of each record's file among the extract's."""
    return pl.concat([pl.repeat(part.file, part.records, dtype=pl.Int32, eager=True) for part in parts])


def _longest(text: pl.DataFrame) -> int:
    """The most bytes that the cells of one record have."""
    return int(text.select(pl.sum_horizontal(pl.all().str.len_bytes()).max()).item() or 0)


def _breaks_before(text: pl.DataFrame) -> pl.Series:
    """For each record, the line feeds inside the cells of those before it."""
    breaks = pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True)).cast(pl.Int64)
    return text.select(breaks.cum_sum() - breaks).to_series()
