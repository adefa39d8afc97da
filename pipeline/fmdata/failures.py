"""What is wrong with the data, gathered: a list while it is short; beyond, all of it in a file, counted by rule.

A million faults are as bad as a thousand, and nobody reads either: the report stays bounded, and so does memory.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from fmdata.ahead import ahead
from fmdata.errors import CheckError, Failure, FmdataError
from fmdata.failing import SCHEMA, listed
from fmdata.files import REPORT
from fmdata.runs import ECHOES, Runs

SHOWN = 1_000
# What follows only from what another stage found can be left out as long as there are not more than these.
_HELD = 50_000


class Failures:
    """The failures of one run over the project at `root`: `kept`, until they are too many."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.kept: list[Failure] = []
        self._aside = Runs()

    def __bool__(self) -> bool:
        return bool(self.kept or self._aside)

    def __enter__(self) -> Failures:
        return self

    def __exit__(self, *_: object) -> None:
        self._aside.close()

    def extend(self, found: Iterable[Failure]) -> None:
        """Add what was found."""
        self.kept += found
        if len(self.kept) > _HELD:
            self._put_aside()

    def add(self, found: Iterable[pl.DataFrame]) -> None:
        """Add what was found as frames of failures, of which there may be very many."""
        for frame in _together(found):
            if not self._aside and len(self.kept) + len(frame) <= _HELD:
                self.extend(listed([frame]))
                continue
            self._put_aside()
            self._write(frame)

    def frames(self) -> Iterator[pl.DataFrame]:
        """All of them, in frames."""
        if self._aside:
            self._put_aside()
            yield from self._aside.merged()
        elif self.kept:
            yield pl.DataFrame(self.kept, SCHEMA, orient="row")

    def raise_any(self) -> None:
        """Raise `CheckError` if there are failures: with all of them, or with the first of those in `REPORT`.

        What only follows from another failure of the same cell is left out.
        """
        self.kept[:] = told_once(self.kept)
        if self._aside or len(self.kept) > SHOWN:
            self._put_aside()
            try:
                report = self._report()
            except OSError as error:
                raise self._no_room(error, listed([next(self._aside.merged())])) from None
            raise report
        if self.kept:
            raise CheckError(self.kept)

    def raise_overflow(self) -> None:
        """Raise them if they are too many to go on with: the next stage would only find more of the same."""
        if self._aside:
            self.raise_any()

    def _put_aside(self) -> None:
        self._write(pl.DataFrame(told_once(self.kept), SCHEMA, orient="row"))
        self.kept.clear()

    def _write(self, frame: pl.DataFrame) -> None:
        try:
            self._aside.add(frame)
        except OSError as error:
            raise self._no_room(error, listed([frame])) from None

    def _no_room(self, error: OSError, some: list[Failure]) -> FmdataError:
        where = f"{REPORT}: no room for the list of all failures ({error}); some of them:\n"
        return FmdataError(where + "\n".join(map(str, sorted(some)[:SHOWN])))

    def _report(self) -> CheckError:
        """Write the file, sorted by file and line, each failure once; nothing half-written takes its place."""
        target = self._root / REPORT
        target.parent.mkdir(exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        first: list[Failure] = []
        counts: Counter[str] = Counter()
        try:
            with part.open("wb") as stream:
                for frame in ahead(self._aside.merged()):
                    counts.update(dict(frame.get_column("rule").value_counts().iter_rows()))
                    buffer = io.BytesIO()
                    frame.write_csv(buffer, include_header=not first)
                    # Not by polars itself, whose errors are not those of a disk that is full.
                    stream.write(buffer.getbuffer())
                    first += listed([frame.head(SHOWN - len(first))])
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        return CheckError(first, Counter(dict(sorted(counts.items()))), REPORT)


def _together(frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The same failures in fewer frames, of which each costs its time."""
    some: list[pl.DataFrame] = []
    for frame in frames:
        some.append(frame)
        if sum(map(len, some)) > _HELD:
            yield pl.concat(some)
            some.clear()
    if some:
        yield pl.concat(some)


def told_once(failures: list[Failure]) -> list[Failure]:
    """A value that is no value is told once: not as the blank it leaves behind, nor again once it is typed."""
    typed = {(f.file, f.line, f.field) for f in failures if f.rule == "type"}
    told = {(f.file, f.line, f.field, f.rule): f for f in reversed(failures) if f.rule == "missing value"}
    return [
        f
        for f in failures
        if not (f.rule in ECHOES and any((f.file, f.line, field) in typed for field in f.field.split(", ")))
        and told.get((f.file, f.line, f.field, f.rule), f) is f
    ]
