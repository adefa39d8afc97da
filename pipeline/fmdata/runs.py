"""Failures too many to hold: on disk, as sorted runs that are merged a range of places at a time."""

from __future__ import annotations

import io
import itertools
import tempfile
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

# About how many failures are merged at once, and of how many in a row of a run one tells where they are.
_AT_ONCE, _EVERY = 1 << 16, 1 << 10
_PLACE = ["file", "line"]
# What many failures have in common is written once.
_ALIKE = ["file", "resource", "field", "rule", "expected", "advice"]
# What a blank breaks, in one field or in several.
ECHOES = ("required", "foreign key")
Spot = tuple[str, int]


@dataclass(frozen=True)
class _Run:
    """A file of failures in the order of their places, of which some are told, the first and the last among them."""

    file: Path
    spots: list[Spot]


class Runs:
    """Frames of failures, kept in a folder of their own until `close`."""

    def __init__(self) -> None:
        # Closed where the run of the program ends.
        self._folder = tempfile.TemporaryDirectory(prefix="fmdata-")
        self._runs: list[_Run] = []

    def __bool__(self) -> bool:
        return bool(self._runs)

    def close(self) -> None:
        """Forget them."""
        self._folder.cleanup()

    def add(self, frame: pl.DataFrame) -> None:
        """Add some failures, in any order. Raises OSError where there is no room."""
        if frame.is_empty():
            return
        ordered = frame.cast(dict.fromkeys(_ALIKE, pl.Categorical)).sort(_PLACE)
        buffer = io.BytesIO()
        # Of a run, only the parts that are asked for are read.
        ordered.write_ipc(buffer, record_batch_size=8 * _EVERY)
        file = Path(self._folder.name, f"{len(self._runs)}.arrow")
        # Not by polars itself, whose errors are not those of a disk that is full.
        file.write_bytes(buffer.getbuffer())
        places = ordered.select(_PLACE)
        self._runs.append(_Run(file, [*places.gather_every(_EVERY).rows(), places.row(-1)]))

    def merged(self) -> Iterator[pl.DataFrame]:
        """All failures in their order, each once, those of a line together, without what only follows from another."""
        spots = sorted(spot for run in self._runs for spot in run.spots)
        bounds: list[Spot | None] = [None, *sorted(set(spots[:: _AT_ONCE // _EVERY][1:])), None]
        for start, end in itertools.pairwise(bounds):
            # A run is sorted: most of them have nothing of a range.
            some = [_within(run, start, end) for run in self._runs if _meets(run, start, end)]
            if some:
                found = pl.concat(some)
                ordered = _without_echoes(found).sort(found.columns)
                yield ordered.filter(pl.any_horizontal(pl.all().ne_missing(pl.all().shift())) | _is_first())


def _is_first() -> pl.Expr:
    return pl.int_range(pl.len()) == 0


def _meets(run: _Run, start: Spot | None, end: Spot | None) -> bool:
    return (end is None or run.spots[0] < end) and (start is None or run.spots[-1] >= start)


def _within(run: _Run, start: Spot | None, end: Spot | None) -> pl.DataFrame:
    """The failures of a run from the place `start` up to before `end`."""
    known = run.spots[:-1]
    first = max(bisect_left(known, start) - 1, 0) if start else 0
    last = bisect_left(known, end) if end else len(known)
    frame = pl.scan_ipc(run.file).slice(first * _EVERY, (last - first) * _EVERY).collect()
    if start and known[first] < start:
        frame = frame.filter(_is_from(start))
    if end and run.spots[-1] >= end:
        frame = frame.filter(~_is_from(end))
    return frame


def _is_from(spot: Spot) -> pl.Expr:
    file, line = spot
    return (pl.col("file") > file) | ((pl.col("file") == file) & (pl.col("line") >= line))


def _without_echoes(found: pl.DataFrame) -> pl.DataFrame:
    """A value that is no value is told once, not as the blank it leaves behind too."""
    types = found.filter(pl.col("rule") == "type").select(*_PLACE, pl.col("field").cast(pl.String))
    if types.is_empty():
        return found
    numbered = found.with_row_index("_number")
    echoes = numbered.filter(pl.col("rule").cast(pl.String).is_in(ECHOES)).select(
        "_number", *_PLACE, pl.col("field").cast(pl.String).str.split(", ")
    )
    told = echoes.explode("field").join(types, on=[*_PLACE, "field"], how="semi").get_column("_number")
    return numbered.filter(~pl.col("_number").is_in(told.unique().implode())).drop("_number") if len(told) else found
