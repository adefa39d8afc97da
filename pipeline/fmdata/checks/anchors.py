"""Whether the anchors that `fmdata anchor` wrote are still those of the sources and the extracts.

No source is needed for it: an anchor carries the hash of its capture, of itself, and of every string that was found in
its place. So a hash edited by hand, a text that changed and a value that was never compared with it are all seen here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import duckdb

from fmdata.contract import Anchoring
from fmdata.contract.roles import ANCHOR_AGAIN, ANCHORS, MEASURES, POSITION, SOURCE
from fmdata.errors import Failure, lines, quote
from fmdata.sql import drained, name
from fmdata.tokens import short_hash, unpack, value_hash

# A source, the first and last line of a place, and its sentence, None for the whole lines.
Position = tuple[Any, ...]


@dataclass(frozen=True)
class Described:
    """What a source's row says of its capture: the SHA-256, and all of it as one text."""

    sha256: str
    identity: str


def identity(sha256: str, size: int, lines: int) -> str:
    """A capture as the hashes of rows know it."""
    return f"{sha256} {size} {lines}"


def row_hash(capture: str, cells: Sequence[object]) -> str:
    """The hash that ends a row of anchors or word runs: over its capture's identity and its other cells."""
    texts = ("" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell) for cell in cells)
    return short_hash("\x1f".join([capture, *texts]))


def described(con: duckdb.DuckDBPyConnection, roles: Anchoring) -> dict[str, Described]:
    """What is said of the capture of each source."""
    columns, table = ", ".join(SOURCE), f"main.{name(roles.sources.name)}"
    rows = con.execute(f"SELECT source_id, {columns} FROM {table} ORDER BY _file, _line").fetchall()
    return {source: Described(sha256, identity(sha256, size, lines)) for source, sha256, size, lines in rows}


def check_anchors(
    con: duckdb.DuckDBPyConnection, roles: Anchoring, captures: str = ""
) -> tuple[list[Failure], set[str]]:
    """What is wrong with the anchors: their captures and rows, places without one, values that were not found.

    With it, the sources whose anchors are of another text: there is no more to say of them. Whose captures these are
    is looked up in the relation `captures`, or else in the table of sources.
    """
    anchored, failures = _anchors(con, roles, _owners(con, captures or f"main.{name(roles.sources.name)}"))
    foreign = {f.file.split("/")[1] for f in failures if f.field == "capture_sha256"}
    failures += [f for source, f in _places(con, roles, anchored) if source not in foreign]
    failures += [f for source, f in _values(con, roles, anchored) if source not in foreign]
    return failures, foreign


def without_echo(failures: list[Failure], told: Set[str], places: str) -> list[Failure]:
    """The failures without what follows where anchors broke the rules `told`: a place has no measures, or two."""
    twice = bool(told & {"anchor twice", "anchor edited"})
    return [
        f
        for f in failures
        if f.resource != places
        or (not (f.rule == "required" and f.field in MEASURES) and not (twice and f.rule in ("primary key", "unique")))
    ]


def _owners(con: duckdb.DuckDBPyConnection, captures: str) -> dict[str, list[str]]:
    """The sources of each capture, by its SHA-256."""
    found = defaultdict[str, list[str]](list)
    query = f"SELECT capture_sha256, source_id FROM {captures} WHERE capture_sha256 IS NOT NULL ORDER BY _file, _line"
    for capture, source in con.execute(query).fetchall():
        found[capture].append(source)
    return found


def _anchors(
    con: duckdb.DuckDBPyConnection, roles: Anchoring, owners: Mapping[str, list[str]]
) -> tuple[dict[Position, frozenset[str] | None], list[Failure]]:
    """The hashes of the values found in each place that is anchored (None: not to be trusted), and what is wrong."""
    sources, positions = described(con, roles), ", ".join(POSITION)
    used = set(con.execute(f"SELECT source_id, {positions} FROM main.{name(roles.places.name)}").fetchall())
    rows = con.execute(
        f"SELECT _file, _line, _folder, {', '.join(ANCHORS)} FROM raw.{name(roles.anchors.name)} ORDER BY _file, _line"
    ).fetchall()
    true = {file: False for file, *_ in rows}
    for file, _, folder, *cells, _, hashed in rows:
        true[file] |= folder in sources and hashed == row_hash(sources[folder].identity, cells)
    anchored: dict[Position, frozenset[str] | None] = {}
    failures: dict[tuple[str, int], Failure] = {}
    for file, line, folder, *cells, capture, hashed in rows:
        position: Position = (folder, *cells[: len(POSITION)])
        failure: tuple[str, ...] | None = None
        if folder not in sources:
            failure = _homeless(folder)
        elif capture != sources[folder].sha256 or not true[file]:
            failure = _foreign(folder, [own for own in owners.get(capture, ()) if own != folder])
        elif hashed != row_hash(sources[folder].identity, cells):
            failure = _edited(position)
        elif position in anchored:
            failure = _twice(position)
        elif position not in used:
            failure = _unused(position)
        if failure:
            field, rule, found, expected, advice = failure
            # That they are of another text is told once a file.
            at = (file, 0 if field == "capture_sha256" else line)
            told = Failure(file, line, 0, roles.anchors.name, field, rule, found, expected, advice)
            failures.setdefault(at, told)
        anchored.setdefault(position, None if failure else frozenset(unpack(cells[-1] or "")))
    return anchored, list(failures.values())


def _homeless(source: str | None) -> tuple[str, ...]:
    found = f"there is no source {source}" if source else "the anchors stand in no source's folder"
    return "capture_sha256", "stale anchors", found, "anchors in the folder of a source", "Move or remove the file"


def _foreign(source: str, owners: list[str]) -> tuple[str, ...]:
    expected = f"anchors of the capture that the row of the source {source} describes"
    if owners:
        found = f"these are anchors of the source {owners[0]}"
        return "capture_sha256", "anchors of another source", found, expected, ANCHOR_AGAIN
    found = "the anchors were made from another text"
    return "capture_sha256", "stale anchors", found, expected, f"{ANCHOR_AGAIN}, or correct the source's row"


def _edited(position: Position) -> tuple[str, ...]:
    found = f"the anchor of {in_words(position)} is not as it was written"
    return "row_hash", "anchor edited", found, "a row that nobody edited", ANCHOR_AGAIN


def _twice(position: Position) -> tuple[str, ...]:
    return "", "anchor twice", f"{in_words(position)} is anchored twice", "each place once", ANCHOR_AGAIN


def _unused(position: Position) -> tuple[str, ...]:
    advice = "Enter what stands there, or remove the anchor"
    return "", "unused passage", f"no row points at {in_words(position)}", "a place that is used", advice


def _places(
    con: duckdb.DuckDBPyConnection, roles: Anchoring, anchored: dict[Position, frozenset[str] | None]
) -> Iterator[tuple[str, Failure]]:
    """The places without an anchor, each with its source."""
    columns = ", ".join(("_file", "_line", "source_id", *POSITION))
    rows = con.execute(f"SELECT {columns} FROM main.{name(roles.places.name)} ORDER BY _file, _line").fetchall()
    for file, line, *position in rows:
        if tuple(position) not in anchored:
            found = "a place names no line" if None in position[:3] else f"{in_words(tuple(position))} has no anchor"
            expected = "a place that was measured in the text"
            advice = f"{ANCHOR_AGAIN}, or correct the line"
            yield position[0], Failure(file, line, 0, roles.places.name, "", "no anchor", found, expected, advice)


def _values(
    con: duckdb.DuckDBPyConnection, roles: Anchoring, anchored: dict[Position, frozenset[str] | None]
) -> Iterator[tuple[str, Failure]]:
    """The cells that rest on words which were not found in their place when it was anchored, each with its source."""
    places, key = name(roles.places.name), name(roles.place_key)
    positions = ", ".join(f"place.{field}" for field in ("source_id", *POSITION))
    cells = con.execute(
        f"SELECT cell._file, cell._line, table_name, column_name, as_written, {positions} "
        f"FROM main.{name(roles.cells.name)} AS cell JOIN main.{places} AS place ON place.{key} = cell.passage_id "
        "WHERE as_written IS NOT NULL ORDER BY ALL"
    )
    for file, line, table, column, words, *position in drained(cells):
        hashes = anchored.get(tuple(position))
        if hashes is not None and value_hash(table, column, words) not in hashes:
            found = f"{quote(words)} was not found in {in_words(tuple(position))}"
            expected = "whole words of that place, letter for letter"
            advice = f"Correct it; if it is right: {ANCHOR_AGAIN[0].lower()}{ANCHOR_AGAIN[1:]}"
            rule = "value not in its passage"
            yield position[0], Failure(file, line, 0, table, column, rule, found, expected, advice)


def in_words(position: Position) -> str:
    """A place in words."""
    source, first, last, sentence = position
    whole = f"{lines(first, last)} of {source}"
    return whole if sentence is None else f"sentence {sentence} of {whole}"
