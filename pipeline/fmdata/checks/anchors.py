"""Whether the anchors that `fmdata anchor` wrote are still those of the sources and the extracts.

No source is needed for it: an anchor carries the hash of its capture, of itself, and of every string that was found in
its place. So a hash edited by hand, a text that changed and a value that was never compared with it are all seen here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb

from fmdata.contract import Anchoring
from fmdata.contract.roles import ANCHORS, MEASURES, POSITION
from fmdata.errors import Failure, quote
from fmdata.sql import name
from fmdata.tokens import short_hash, unpack

ANCHOR_AGAIN = "Run `fmdata anchor` with the captured text"
# A source, the first and last line of a place, and its sentence, None for the whole lines.
Position = tuple[Any, ...]


def row_hash(capture: str, cells: tuple[object, ...]) -> str:
    """The hash that ends a row of anchors or word runs: over its capture's SHA-256 and its other cells."""
    return short_hash("\x1f".join([capture, *("" if cell is None else str(cell) for cell in cells)]))


def captures(con: duckdb.DuckDBPyConnection, roles: Anchoring) -> dict[str, str]:
    """The SHA-256 of the capture of each source."""
    found = con.execute(f"SELECT source_id, capture_sha256 FROM main.{name(roles.sources.name)}").fetchall()
    return dict(found)


def check_anchors(con: duckdb.DuckDBPyConnection, roles: Anchoring) -> tuple[list[Failure], set[str]]:
    """What is wrong with the anchors: their captures and rows, places without one, values that were not found.

    With it, the sources whose anchors are of another text: there is no more to say of them.
    """
    anchored, failures = _anchors(con, roles)
    foreign = {f.file.split("/")[1] for f in failures if f.field == "capture_sha256"}
    failures += [f for source, f in _places(con, roles, anchored) if source not in foreign]
    failures += [f for source, f in _values(con, roles, anchored) if source not in foreign]
    return failures, foreign


def without_measures(failures: list[Failure], places: str) -> list[Failure]:
    """The failures without those that only say that a place without an anchor has no measures."""
    return [f for f in failures if (f.resource, f.rule) != (places, "required") or f.field not in MEASURES]


def _anchors(con: duckdb.DuckDBPyConnection, roles: Anchoring) -> tuple[dict[Position, frozenset[str]], list[Failure]]:
    """The hashes of the values found in each place that is anchored, and what is wrong with the rows."""
    described, positions = captures(con, roles), ", ".join(POSITION)
    owners = {capture: source for source, capture in described.items()}
    used = set(con.execute(f"SELECT source_id, {positions} FROM main.{name(roles.places.name)}").fetchall())
    rows = con.execute(
        f"SELECT _file, _line, _folder, {', '.join(ANCHORS)} FROM raw.{name(roles.anchors.name)} ORDER BY _file, _line"
    ).fetchall()
    anchored: dict[Position, frozenset[str]] = {}
    failures: dict[tuple[str, int], Failure] = {}
    for file, line, folder, *measures, capture, hashed in rows:
        position: Position = (folder, *measures[: len(POSITION)])
        failure = (
            _foreign(folder, capture, owners)
            if capture != described.get(folder)
            else _edited(position)
            if hashed != row_hash(capture, tuple(measures))
            else _twice(position)
            if position in anchored
            else _unused(position)
            if position not in used
            else None
        )
        if failure:
            field, rule, found, expected, advice = failure
            # That they are of another text is told once a file.
            at = (file, 0 if field == "capture_sha256" else line)
            told = Failure(file, line, 0, roles.anchors.name, field, rule, found, expected, advice)
            failures.setdefault(at, told)
        anchored.setdefault(position, frozenset(unpack(measures[-1] or "")))
    return anchored, list(failures.values())


def _foreign(source: str, capture: str, owners: dict[str, str]) -> tuple[str, ...]:
    expected = f"anchors of the capture that the row of the source {source} describes"
    if owner := owners.get(capture):
        found = f"these are anchors of the source {owner}"
        return "capture_sha256", "anchors of another source", found, expected, ANCHOR_AGAIN
    found = "the anchors were made from another text"
    return "capture_sha256", "stale anchors", found, expected, f"{ANCHOR_AGAIN}, or correct the source's row"


def _edited(position: Position) -> tuple[str, ...]:
    found = f"the anchor of {told(position)} is not as it was written"
    return "row_hash", "anchor edited", found, "a row that nobody edited", ANCHOR_AGAIN


def _twice(position: Position) -> tuple[str, ...]:
    return "", "anchor twice", f"{told(position)} is anchored twice", "each place once", "Remove one"


def _unused(position: Position) -> tuple[str, ...]:
    advice = "Enter what stands there, or remove the anchor"
    return "", "unused passage", f"no row points at {told(position)}", "a place that is used", advice


def _places(
    con: duckdb.DuckDBPyConnection, roles: Anchoring, anchored: dict[Position, frozenset[str]]
) -> Iterator[tuple[str, Failure]]:
    """The places without an anchor, each with its source."""
    columns = ", ".join(("_file", "_line", "source_id", *POSITION))
    rows = con.execute(f"SELECT {columns} FROM main.{name(roles.places.name)} ORDER BY _file, _line").fetchall()
    for file, line, *position in rows:
        if tuple(position) not in anchored and None not in position[:3]:
            found, expected = f"{told(tuple(position))} has no anchor", "a place that was measured in the text"
            yield position[0], Failure(file, line, 0, roles.places.name, "", "no anchor", found, expected, ANCHOR_AGAIN)


def _values(
    con: duckdb.DuckDBPyConnection, roles: Anchoring, anchored: dict[Position, frozenset[str]]
) -> Iterator[tuple[str, Failure]]:
    """The cells that rest on words which were not found in their place when it was anchored, each with its source."""
    places, key = name(roles.places.name), name(roles.place_key)
    positions = ", ".join(f"place.{field}" for field in ("source_id", *POSITION))
    rows = con.execute(
        f"SELECT cell._file, cell._line, table_name, column_name, as_written, {positions} "
        f"FROM main.{name(roles.cells.name)} AS cell JOIN main.{places} AS place ON place.{key} = cell.passage_id "
        "WHERE as_written IS NOT NULL ORDER BY ALL"
    ).fetchall()
    for file, line, table, column, words, *position in rows:
        hashes = anchored.get(tuple(position))
        if hashes is not None and short_hash(words) not in hashes:
            found = f"{quote(words)} was not found in {told(tuple(position))}"
            expected = "words of that place, letter for letter"
            advice = f"Correct it; if it is right: {ANCHOR_AGAIN[0].lower()}{ANCHOR_AGAIN[1:]}"
            rule = "value not in its passage"
            yield position[0], Failure(file, line, 0, table, column, rule, found, expected, advice)


def told(position: Position) -> str:
    """A place in words."""
    source, first, last, sentence = position
    lines = f"line {first}" if first == last else f"lines {first} to {last}"
    return f"{lines} of {source}" if sentence is None else f"sentence {sentence} of {lines} of {source}"
