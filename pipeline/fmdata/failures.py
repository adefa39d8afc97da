"""What is wrong with the data, gathered: a list while it is short; beyond, all of it in a file, counted by rule.

A million faults are as bad as a thousand, and nobody reads either: the report stays bounded, and so does memory.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import duckdb
import polars as pl

from fmdata.errors import CheckError, Failure, FmdataError
from fmdata.failing import SCHEMA, listed
from fmdata.files import REPORT
from fmdata.sql import Room, connect, literal

SHOWN = 1_000
# What follows only from what another stage found can be left out as long as there are not more than these.
_HELD = 50_000
_MEMORY = 300_000_000
# What a blank breaks, in one field or in several.
_ECHOES = ("required", "foreign key")
_COLUMNS = ", ".join(f"'{name}': '{'BIGINT' if name in ('line', 'column') else 'VARCHAR'}'" for name in Failure._fields)


class Failures:
    """The failures of one run over the project at `root`: `kept`, until they are too many."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.kept: list[Failure] = []
        # Closed where the run ends, by `__exit__`.
        self._aside = tempfile.NamedTemporaryFile(suffix=".csv")  # noqa: SIM115
        self._overflown = False

    def __bool__(self) -> bool:
        return bool(self.kept) or self._overflown

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
        for frame in found:
            if not self._overflown and len(self.kept) + len(frame) <= _HELD:
                self.extend(listed([frame]))
                continue
            self._put_aside()
            self._write(frame)

    def raise_any(self) -> None:
        """Raise `CheckError` if there are failures: with all of them, or with the first of those in `REPORT`.

        What only follows from another failure of the same cell is left out.
        """
        self.kept[:] = told_once(self.kept)
        if self._overflown or len(self.kept) > SHOWN:
            first = sorted(self.kept)[:SHOWN]
            try:
                self._put_aside()
                self._aside.flush()
                report = self._report()
            except (OSError, duckdb.IOException) as error:
                where = (
                    f"{REPORT}: no room for the list of all failures ({str(error).splitlines()[0]}); some of them:\n"
                )
                raise FmdataError(where + "\n".join(map(str, first))) from None
            raise report
        if self.kept:
            raise CheckError(self.kept)

    def raise_overflow(self) -> None:
        """Raise them if they are too many to go on with: the next stage would only find more of the same."""
        if self._overflown:
            self.raise_any()

    def _put_aside(self) -> None:
        self._write(pl.DataFrame(told_once(self.kept), SCHEMA, orient="row"))
        self._overflown = True
        self.kept.clear()

    def _write(self, frame: pl.DataFrame) -> None:
        # Not by polars itself, whose errors are not those of a disk that is full.
        self._aside.write(frame.write_csv(include_header=False).encode())

    def _report(self) -> CheckError:
        """Write the file, sorted by file and line, each failure once; nothing half-written takes its place."""
        target = self._root / REPORT
        target.parent.mkdir(exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        with tempfile.TemporaryDirectory(prefix="fmdata-") as scratch, connect(Room(_MEMORY, Path(scratch))) as con:
            con.execute(
                f"CREATE TABLE every AS FROM read_csv({literal(self._aside.name)}, columns = {{{_COLUMNS}}}, "
                "auto_detect = false, header = false, quote = '\"', escape = '\"', delim = ',', new_line = '\\n', "
                "nullstr = '\\0')"
            )
            # As in `told_once`, what a blank breaks that is none, over all of them.
            con.execute(f"""
                CREATE TABLE found AS SELECT DISTINCT f.* FROM every f ANTI JOIN (FROM every WHERE rule = 'type') t
                ON f.file = t.file AND f.line = t.line AND f.rule IN {_ECHOES}
                    AND list_contains(string_split(f.field, ', '), t.field)
            """)
            try:
                con.execute(f"COPY (FROM found ORDER BY ALL) TO {literal(part)} (FORMAT csv, HEADER true)")
                part.replace(target)
            finally:
                part.unlink(missing_ok=True)
            first = con.execute(f"FROM found ORDER BY ALL LIMIT {SHOWN}").fetchall()
            counts = con.execute("SELECT rule, count(*) FROM found GROUP BY rule ORDER BY 2 DESC, 1").fetchall()
        return CheckError([Failure(*row) for row in first], Counter(dict(counts)), REPORT)


def told_once(failures: list[Failure]) -> list[Failure]:
    """A value that is no value is told once: not as the blank it leaves behind, nor again once it is typed."""
    typed = {(f.file, f.line, f.field) for f in failures if f.rule == "type"}
    told = {(f.file, f.line, f.field, f.rule): f for f in reversed(failures) if f.rule == "missing value"}
    return [
        f
        for f in failures
        if not (f.rule in _ECHOES and any((f.file, f.line, field) in typed for field in f.field.split(", ")))
        and told.get((f.file, f.line, f.field, f.rule), f) is f
    ]
