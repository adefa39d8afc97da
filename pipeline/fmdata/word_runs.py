"""The words of a source that nothing published may hold in a row: which they are, hashed, line by line."""

from __future__ import annotations

import duckdb

from fmdata.capture import Capture
from fmdata.contract import Anchoring, Package
from fmdata.sql import name
from fmdata.tokens import RUN, runs, words

Row = tuple[int, str | None]


def word_runs(capture: Capture, free: set[int]) -> list[Row]:
    """One row for each line that is not blank: its number, and the hashes of its runs; `free` lines have none.

    A run that also stands in a free line is free. Where a text is wrapped, runs go on from line to line: a line that
    begins with a small letter continues the one before.
    """
    numbered = [(number, words(line)) for number, line in enumerate(capture.lines, 1)]
    allowed = {run for number, found in numbered if number in free for run in runs(found)}
    rows: list[Row] = []
    for number, found in numbered:
        if capture.lines[number - 1].strip():
            own = () if number in free else runs([*found, *_continued(capture, numbered, number, free)])
            rows.append((number, "".join(run for run in own if run not in allowed) or None))
    return rows


def _continued(capture: Capture, numbered: list[tuple[int, list[str]]], number: int, free: set[int]) -> list[str]:
    """The words that follow a line where its text goes on, as many as a run that begins on it can take."""
    following: list[str] = []
    for next_, found in numbered[number:]:
        if next_ in free or not capture.lines[next_ - 1].lstrip()[:1].islower() or len(following) >= RUN - 1:
            break
        following += found
    return following[: RUN - 1]


def bibliographic_lines(con: duckdb.DuckDBPyConnection, package: Package, roles: Anchoring, source: str) -> set[int]:
    """The lines of a source that the rows of `bibliographic` tables rest on: they may be published in full."""
    tables = [resource.name for resource in package if resource.descriptor.get("bibliographic")]
    rows = con.execute(
        "SELECT DISTINCT unnest(range(place.line_start, place.line_end + 1)) "
        f"FROM main.{name(roles.cells.name)} AS cell "
        f"JOIN main.{name(roles.places.name)} AS place ON place.{name(roles.place_key)} = cell.passage_id "
        "WHERE place.source_id = $1 AND list_contains($2, cell.table_name)",
        [source, tables],
    ).fetchall()
    return {row[0] for row in rows}
