"""What the commands about sources print: for people as text, for programs as records of plain values."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from fmdata.comparison import Comparison
from fmdata.contract.roles import EXTRACTED
from fmdata.coverage import Coverage, Part
from fmdata.errors import lines
from fmdata.query import Answer, plain
from fmdata.terminal import show_answer
from fmdata.trace import Record, Trace

_BAR = 30
_MARKS = "█▒░·"


def comparison_record(found: Comparison) -> dict[str, Any]:
    """The comparison with its sums first."""
    stand = sum(value.stands for value in found.values)
    return {
        "source_id": found.source,
        "is_the_capture": found.same,
        "passages": found.states(),
        "values": {"found": stand, "not_found": len(found.values) - stand},
        "places": [asdict(place) for place in found.places],
        "cells": [asdict(value) for value in found.values],
    }


def show_comparison(found: Comparison) -> None:
    """The sums, then every place that is not exact and every value that does not stand in its place."""
    copy = "the captured text itself, byte for byte" if found.same else "a copy that differs from the captured text"
    click.echo(f"{found.source}: {copy}")
    states = ", ".join(f"{number} {state}" for state, number in found.states().items())
    click.echo(f"passages: {len(found.places)}: {states}")
    ambiguous = {place.passage_id for place in found.places if place.state == "ambiguous"}
    for how in dict.fromkeys(value.derivation for value in found.values):
        own = [value for value in found.values if value.derivation == how]
        stand = sum(value.stands for value in own)
        unsure = sum(value.passage_id in ambiguous for value in own)
        doubt = f", {unsure} of them in an ambiguous one" if unsure else ""
        click.echo(f"{how} values: {len(own)}: {stand} found in their passage{doubt}, {len(own) - stand} not")
    beside = [p.passage_id for p in found.places if p.state == "exact" and not (p.same_before and p.same_after)]
    if beside:
        click.echo(f"exact, but with other words beside them: {len(beside)}: {', '.join(beside)}")
    for place in found.places:
        if place.state != "exact":
            now = f", now {lines(place.found_start, place.found_end)}" if place.found_start else ""
            click.echo(f"{place.state}: {place.passage_id} ({lines(place.line_start, place.line_end)}{now})")
    for value in found.values:
        if not value.stands:
            cell = f"{value.table_name} {value.row_key!r} {value.column_name}"
            click.echo(f'not found: {cell}: "{value.as_written}" in {value.passage_id}')


def trace_record(found: Trace) -> dict[str, Any]:
    """The row, its cells, and what is said about it."""
    cells, about = (
        [plain(record) for record in found.cells],
        {k: [plain(r) for r in v] for k, v in found.about.items()},
    )
    return {"table": found.table, "key": found.key, "cells": cells, "about": about}


def show_trace(found: Trace) -> None:
    """The cells with numbers for their places; then the places; then what each traced view says."""
    click.echo(f"{found.table} {found.key}\n")
    places = {cell["passage_id"]: cell for cell in found.cells}
    numbers = {place: f"[{number}]" for number, place in enumerate(places, 1)}
    columns = ["column_name", "value", "derivation", "as_written"]
    rows = [(*(cell[column] for column in columns), numbers[cell["passage_id"]]) for cell in found.cells]
    show_answer(Answer(["column", "value", "how", "as written", "place"], rows))
    for place, cell in places.items():
        click.echo(f"\n{numbers[place]} {place}")
        for words, text in _place(cell):
            click.echo(f"    {words:<8} {text}")
    for title, records in found.about.items():
        click.echo(f"\n{title}:" + ("" if records else " nothing"))
        for number, record in enumerate(records):
            width = max(map(len, record))
            if number:
                click.echo()
            for column, value in record.items():
                if value is not None:
                    click.echo(f"    {column:<{width}}  {value}")


def _place(cell: Record) -> list[tuple[str, str]]:
    """What there is to say of a cell's place, each with a heading."""
    said = [("source", cell.get("source_id")), ("section", _section(cell)), ("where", _where(cell))]
    for heading in ("span", "before", "after"):
        column = {"span": "span_sha256", "before": "prefix_sha256", "after": "suffix_sha256"}[heading]
        said.append((heading, f"sha256:{cell[column]}" if cell.get(column) else None))
    return [(heading, text) for heading, text in said if text]


def _section(cell: Record) -> str | None:
    return cell.get("section") or cell.get("section_id")


def _where(cell: Record) -> str | None:
    if cell.get("line_start") is None:
        return None
    parts = [lines(cell["line_start"], cell["line_end"])]
    if cell.get("sentence_number"):
        parts.append(f"sentence {cell['sentence_number']}")
    if cell.get("char_start") is not None:
        parts.append(f"characters {cell['char_start']} to {cell['char_end']}, {cell['token_count']} tokens")
    return ", ".join(parts)


def coverage_record(found: Coverage) -> dict[str, Any]:
    """The sums, the sections and the gaps."""
    return {
        "lines": found.total(),
        "sections": [asdict(part) for part in found.parts],
        "gaps": [asdict(gap) for gap in found.gaps],
    }


def show_coverage(found: Coverage) -> None:
    """A bar for each section, what the signs mean, and the list of gaps."""
    marks = {status: _MARKS[min(index, len(_MARKS) - 1)] for index, status in enumerate(found.statuses)}
    longest = max((sum(part.lines.values()) for part in found.parts), default=1)
    for source in dict.fromkeys(part.source_id for part in found.parts):
        parts = [part for part in found.parts if part.source_id == source]
        every = sum(sum(part.lines.values()) for part in parts)
        taken = sum(part.lines.get(EXTRACTED, 0) for part in parts)
        click.echo(f"{source}: {every} lines, {taken} {EXTRACTED}, {100 * taken / every:.0f} %\n")
        width = max(len(part.heading) for part in parts)
        for part in parts:
            told = f"{part.lines.get(EXTRACTED, 0):>3} of {sum(part.lines.values())}"
            click.echo(f"{part.heading:<{width}}  {_bar(part, marks, longest):<{_BAR}} {told}")
        click.echo()
    total = found.total()
    click.echo("  ".join(f"{mark} {status.replace('_', ' ')} {total[status]}" for status, mark in marks.items()))
    for gap in found.gaps:
        click.echo(f"{gap.source_id} line {gap.line_number} {gap.status.replace('_', ' ')}: {gap.reason}")


def _bar(part: Part, marks: dict[str, str], longest: int) -> str:
    """One sign a line, or fewer where the longest section has more lines than a bar has room; none vanishes."""
    scale = min(1, _BAR / longest)
    return "".join(
        mark * max(round(part.lines[status] * scale), part.lines[status] > 0) for status, mark in marks.items()
    )
