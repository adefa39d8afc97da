"""A reader's own copy of a source against a release: which places stand in it, and which values stand in them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from fmdata.capture import Capture, read_capture
from fmdata.contract import Lineage, Package, lineage
from fmdata.contract.roles import MEASURES
from fmdata.errors import FmdataError
from fmdata.markup import plain
from fmdata.matching import Anchor, Match, State, Stream, match, stream
from fmdata.reader import reading_by_contract
from fmdata.sql import drained, name
from fmdata.tokens import tokens, within
from fmdata.writers.doors import cell_values


@dataclass(frozen=True)
class Place:
    """One place of the release: its key, its lines in the capture, what became of it, and its lines in the copy.

    `same_before` and `same_after` tell whether the words beside it are those of the capture.
    """

    passage_id: str
    line_start: int
    line_end: int
    state: State
    found_start: int | None
    found_end: int | None
    same_before: bool
    same_after: bool


@dataclass(frozen=True)
class Value:
    """One cell that rests on words of its place, and whether they stand there in the copy."""

    table_name: str
    row_key: str
    column_name: str
    derivation: str
    as_written: str
    passage_id: str
    stands: bool


@dataclass(frozen=True)
class Comparison:
    """What a copy shows of a source: `same` tells whether it is the capture itself, byte for byte."""

    source: str
    same: bool
    places: list[Place]
    values: list[Value]

    def states(self) -> dict[State, int]:
        """How many places became what."""
        found = Counter(place.state for place in self.places)
        return {state: found[state] for state in ("exact", "moved", "ambiguous", "lost")}

    @property
    def whole(self) -> bool:
        """Whether no place and no value is lost."""
        return not self.states()["lost"] and all(value.stands for value in self.values)


def compare(database: Path, package: Package, file: Path, source: str | None = None) -> Comparison:
    """Compare the copy in `file` with a source of the release: the one named, or the one it has most places of.

    Raises `FmdataError` for a file that is no text, and where no source can be told.
    """
    capture, tables = read_capture(file), _anchored(package)
    with reading_by_contract(database) as con:
        captures = _captures(con, tables)
        if not captures:
            raise FmdataError(f"{database}: the release has no source to compare with.")
        if source is not None and source not in captures:
            raise FmdataError(f'there is no source "{source}"; expected one of {", ".join(captures)}.')
        chosen = {one: _anchors(con, tables, one) for one in ([source] if source else captures)}
        best, found, matches = max(
            (_read(one, anchors, text) for one, anchors in chosen.items() for text in _readings(capture)),
            key=lambda read: sum(m.state != "lost" for m in read[2]) / max(len(read[2]), 1),
        )
        if all(m.state == "lost" for m in matches):
            raise FmdataError(f"{file}: no place of {', '.join(chosen)} was found; expected a copy of one of these.")
        told = dict(zip(chosen[best], matches, strict=True))
        places = _places(con, tables, best, told, chosen[best], found)
        values = _values(con, package, tables, told, chosen[best], found)
    return Comparison(best, captures[best] == capture.sha256, places, values)


def _anchored(package: Package) -> Lineage:
    tables = lineage(package)
    if (
        tables is None
        or tables.sources is None
        or not set(MEASURES) <= set(tables.places.names())
        or "capture_sha256" not in tables.sources.names()
    ):
        raise FmdataError(f"{package.path}: its places have no hashes, so no copy can be compared with them.")
    return tables


def _readings(capture: Capture) -> list[Capture]:
    """A copy as it stands; and, where that differs, without what some copies put between words."""
    bare = replace(capture, text=plain(capture.text))
    return [capture] if bare == capture else [capture, bare]


def _read(source: str, anchors: dict[str, Anchor], text: Capture) -> tuple[str, Stream, list[Match]]:
    found = stream(text)
    return source, found, match(list(anchors.values()), found)


def _captures(con: duckdb.DuckDBPyConnection, tables: Lineage) -> dict[str, str]:
    """Each source with the SHA-256 of its capture."""
    sources = tables.sources.name if tables.sources else ""
    rows = con.execute(f"SELECT source_id, capture_sha256 FROM {name(sources)} ORDER BY source_id")
    return dict(rows.fetchall())


def _anchors(con: duckdb.DuckDBPyConnection, tables: Lineage, source: str) -> dict[str, Anchor]:
    """The anchor of each place of a source, in the order of the text."""
    rows = con.execute(
        f"SELECT {name(tables.place_key)}, char_start, char_end, token_count, span_sha256, prefix_sha256, "
        "suffix_sha256 "
        f"FROM {name(tables.places.name)} WHERE source_id = ? ORDER BY char_start, char_end DESC",
        [source],
    )
    return {key: Anchor(*measures) for key, *measures in rows.fetchall()}


def _places(
    con: duckdb.DuckDBPyConnection, tables: Lineage, source: str, told: dict[str, Match], anchors: dict[str, Anchor],
    found: Stream,
) -> list[Place]:  # fmt: skip
    columns, order = f"{name(tables.place_key)}, line_start, line_end", "char_start, char_end DESC"
    query = f"SELECT {columns} FROM {name(tables.places.name)} WHERE source_id = ? ORDER BY {order}"
    rows = con.execute(query, [source])
    places = []
    for passage, start, end in rows.fetchall():
        own, last = told[passage], anchors[passage].tokens - 1
        first_line = None if own.first is None else found.lines[own.first]
        last_line = None if own.first is None else found.lines[own.first + last]
        places.append(Place(passage, start, end, own.state, first_line, last_line, own.before, own.after))
    return places


def _values(
    con: duckdb.DuckDBPyConnection, package: Package, tables: Lineage, told: dict[str, Match],
    anchors: dict[str, Anchor], found: Stream,
) -> list[Value]:  # fmt: skip
    columns = "cell.table_name, cell.row_key, column_name, derivation, as_written, passage_id"
    rows = con.execute(
        f"SELECT {columns}, told.value FROM {name(tables.cells.name)} AS cell "
        f"JOIN ({cell_values(package)}) AS row_ "
        "ON row_.row_key = cell.row_key AND row_.table_name = cell.table_name, unnest(row_.cells) AS held(told) "
        "WHERE as_written IS NOT NULL AND told.name = column_name ORDER BY cell.rowid"
    )
    return [
        Value(
            table,
            key,
            column,
            how,
            words,
            place,
            _true(how, value, words) and _stands(words, told[place], anchors[place], found),
        )
        for table, key, column, how, words, place, value in drained(rows)
        if place in told
    ]


def _true(how: str, value: str, words: str) -> bool:
    """Whether a value is what it says it is: a verbatim or split one is its words, capitals and the like aside."""
    return how == "normalised" or tokens(value) == tokens(words)


def _stands(words: str, place: Match, anchor: Anchor, found: Stream) -> bool:
    """Whether the tokens of `words` stand in a place as it was found; one of several alike is as good as another."""
    if place.first is None:
        return False
    return within(tokens(words), found.tokens[place.first : place.first + anchor.tokens])
