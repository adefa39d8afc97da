"""`fmdata anchor`: a curator's copy of a source in, what may be published of its places out.

Written to `raw/<source>/`: the anchors (one row a place: where it stands, the hashes of its words and of those around
it, the hashes of the strings found in it) and the word runs (one row a line: the hash of every run of words of its own
that nothing published may hold). Builds need no copy of the source then.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from fmdata.assemble import assemble_unanchored, workspace
from fmdata.capture import Capture, read_capture
from fmdata.checks import bibliographic_lines, identity, row_hash, with_hashes
from fmdata.contract import Anchoring, Resource, has_manifest, load
from fmdata.contract.roles import ANCHORS, POSITION, SOURCE, WORD_RUNS
from fmdata.errors import Failure, FmdataError, lines, quote, raise_if
from fmdata.matching import match, stream
from fmdata.progress import Progress, Step
from fmdata.sql import MEMORY, Room, interruptible, name
from fmdata.swap import replace_files
from fmdata.tokens import tokens, unpack, value_hash, within
from fmdata.word_runs import word_runs

LIMIT = 64_000
"""Bytes that the word runs of one source may take."""
Span = tuple[int, int]


@dataclass(frozen=True)
class Anchored:
    """What was anchored: the source, its places, the strings found in them, its lines and the word runs of those."""

    source: str
    places: int
    values: int
    lines: int
    runs: int
    files: tuple[str, ...]


@dataclass(frozen=True)
class _Cell:
    """A cell that rests on words of a place, with its extract row."""

    file: str
    line: int
    table: str
    column: str
    words: str


@dataclass(frozen=True)
class _Place:
    """A place to measure, with the extract row that first points at it and the cells that rest on its words."""

    file: str
    line: int
    first: int
    last: int
    sentence: int | None
    cells: list[_Cell]

    def __str__(self) -> str:
        whole = lines(self.first, self.last)
        return f"sentence {self.sentence} of {whole}" if self.sentence is not None else whole


def anchor(root: Path, file: Path, progress: Progress) -> Anchored:
    """Write the anchors and word runs of the source whose capture `file` is.

    Raises `CheckError` for places and values that are not in it, `FmdataError` for a text that is no source's capture;
    then nothing is written.
    """
    package, capture = load(root), read_capture(file)
    with interruptible(), tempfile.TemporaryDirectory() as aside, workspace(Room(MEMORY, Path(aside))) as con:
        roles = assemble_unanchored(con, package, progress, Path(aside))
        progress(Step("reading the source"))
        source = _source(con, roles, capture, file)
        places = _places(con, roles, source)
        free = bibliographic_lines(con, package, roles).get(source, set())
    anchors = _anchors(capture, roles, places, _spans(capture, roles, places))
    numbered = word_runs(capture, free)
    anchors_file, runs_file = (_file(package.root, source, resource) for resource in (roles.anchors, roles.word_runs))
    own = identity(capture.sha256, capture.size, len(capture.lines))
    runs_text = _csv(WORD_RUNS, with_hashes(own, numbered))
    if len(runs_text) > LIMIT:
        size = f"{len(runs_text):,} bytes of word runs; expected at most {LIMIT:,}"
        raise FmdataError(f"{file}: {size}. Capture the text in parts, each as a source of its own.")
    anchors_text = _csv(ANCHORS, [(*row, capture.sha256, row_hash(own, row)) for row in anchors])
    replace_files({root / anchors_file: anchors_text, root / runs_file: runs_text})
    strings = sum(len({cell.words for cell in place.cells}) for place in places)
    hashes = sum(len(unpack(packed or "")) for *_, packed in numbered)
    return Anchored(source, len(anchors), strings, len(numbered), hashes, (anchors_file, runs_file))


def _file(root: Path, source: str, resource: Resource) -> str:
    """Where an extract of a source goes. Raises `CheckError` if the manifest does not list it."""
    if not re.fullmatch(r"\w[\w.-]*", source):
        raise FmdataError(f"{quote(source)} cannot name a folder; expected letters, digits, -, _ and . in a source_id.")
    file = f"raw/{source}/{resource.name}.csv"
    if has_manifest(root) and f"{source}/{resource.name}.csv" not in resource.paths:
        found, advice = f"{resource.name} does not list {file}", "Add it under path"
        raise_if(
            [Failure("raw/datapackage.json", 0, 0, "", "", "unknown file", found, "the file to be written", advice)]
        )
    return file


def _source(con: duckdb.DuckDBPyConnection, roles: Anchoring, capture: Capture, file: Path) -> str:
    """The source whose capture this is; what the extract says of its size must be true."""
    columns = ", ".join(("source_id", "_file", "_line", *SOURCE))
    rows = con.execute(f"SELECT {columns} FROM main.{name(roles.sources.name)} ORDER BY _file, _line").fetchall()
    facts = dict(zip(SOURCE, (capture.sha256, capture.size, len(capture.lines)), strict=True))
    for source, extract, line, *described in rows:
        if described[0] == capture.sha256:
            raise_if([
                Failure(extract, line, 0, roles.sources.name, field, "capture", f"{field} is {said}",
                        f"{facts[field]}, as in the captured text", "Correct it")
                for field, said in zip(SOURCE, described, strict=True) if said != facts[field]
            ])  # fmt: skip
            return str(source)
    known = "; ".join(f"{sha} of {source} ({extract}:{line})" for source, extract, line, sha, *_ in rows)
    found = ", ".join(f"{field} {value}" for field, value in facts.items())
    raise FmdataError(
        f"{file}: this text is not the capture of any source: found {found}; expected SHA-256 {known or 'of one'}. "
        "If it is a new capture, enter these figures in the source's row first."
    )


def _places(con: duckdb.DuckDBPyConnection, roles: Anchoring, source: str) -> list[_Place]:
    rows = con.execute(
        f"SELECT passage_id, _file, _line, table_name, column_name, as_written FROM main.{name(roles.cells.name)} "
        "WHERE as_written IS NOT NULL ORDER BY ALL"
    ).fetchall()
    cells: dict[str, list[_Cell]] = {}
    for place, *cell in rows:
        cells.setdefault(place, []).append(_Cell(*cell))
    order = ", ".join(f"{field} NULLS FIRST" for field in POSITION)
    rows = con.execute(
        f"SELECT {name(roles.place_key)}, _file, _line, {', '.join(POSITION)} FROM main.{name(roles.places.name)} "
        f"WHERE source_id = ? ORDER BY {order}",
        [source],
    ).fetchall()
    return [
        _Place(file, line, first, last, sentence, cells.get(key, [])) for key, file, line, first, last, sentence in rows
    ]


def _spans(capture: Capture, roles: Anchoring, places: list[_Place]) -> list[Span]:
    """Where each place begins and ends. Raises `CheckError` for places that are not there, and for absent words."""
    failures, spans = [], []
    for place in places:
        missing, expected, span = _span(capture, place)
        if span is None:
            advice = "Correct its line or sentence"
            failures.append(
                Failure(place.file, place.line, 0, roles.places.name, "", "span not found", missing, expected, advice)
            )
            continue
        spans.append(span)
        failures += [
            _absent(capture, place, cell) for cell in place.cells if not _stands(cell.words, capture.text[slice(*span)])
        ]
    raise_if(failures)
    return spans


def _span(capture: Capture, place: _Place) -> tuple[str, str, Span | None]:
    """What is missing, what was expected instead; or where the place is."""
    end = len(capture.lines)
    if None in (place.first, place.last):
        return "no line is given", "the line of the place", None
    if not 1 <= place.first <= place.last <= end:
        line = place.last if 1 <= place.first <= end else place.first
        return f"there is no line {line}", f"a line from 1 to {end}, where the capture ends", None
    start, stop = capture.span(place.first, place.last)
    if start == stop:
        return f"line {place.first} is blank", "a line with words", None
    if place.sentence is None:
        return "", "", (start, stop)
    sentences = capture.sentences(place.first, place.last)
    if not 1 <= place.sentence <= len(sentences):
        return f"there is no {place}", f"a sentence from 1 to {len(sentences)}", None
    return "", "", sentences[place.sentence - 1]


def _stands(words: str, text: str) -> bool:
    """Whether words stand in a text letter for letter, and as whole words. Extracts are in the Unicode form NFC."""
    return words in unicodedata.normalize("NFC", text) and within(tokens(words), tokens(text))


def _absent(capture: Capture, place: _Place, cell: _Cell) -> Failure:
    """The failure of a cell whose words are not those of its place, letter for letter."""
    where = [number for number, line in enumerate(capture.lines, 1) if _stands(cell.words, line)]
    advice = f"It stands on line {', '.join(map(str, where[:5]))}" if where else "Copy the words as they stand there"
    found = f"{quote(cell.words)} does not stand in {place}"
    expected, rule = "whole words of that place, letter for letter", "value not in its passage"
    return Failure(cell.file, cell.line, 0, cell.table, cell.column, rule, found, expected, advice)


def _anchors(capture: Capture, roles: Anchoring, places: list[_Place], spans: list[Span]) -> list[tuple[object, ...]]:
    """One row a place: position, offsets, number of tokens, hashes of the words, of those around, of the values.

    Raises `CheckError` for places that their words and surroundings do not tell from others.
    """
    found = stream(capture)
    anchors = [found.anchor(capture, *span) for span in spans]
    raise_if([
        Failure(place.file, place.line, 0, roles.places.name, "", "span found twice",
                f"the words of {place}, with those around them, stand in the capture more than once",
                "a place that can be told from others", "Point at a longer place")
        for place, matched in zip(places, match(anchors, found), strict=True) if matched.state != "exact"
    ])  # fmt: skip
    return [
        (place.first, place.last, place.sentence, *span, a.tokens, a.span, a.prefix, a.suffix, _hashes(place))
        for place, span, a in zip(places, spans, anchors, strict=True)
    ]


def _hashes(place: _Place) -> str | None:
    """The hashes of the strings that stand in a place, None for none."""
    return "".join(sorted({value_hash(cell.table, cell.column, cell.words) for cell in place.cells})) or None


def _csv(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([[str(cell).lower() if isinstance(cell, bool) else cell for cell in row] for row in rows])
    return text.getvalue()
