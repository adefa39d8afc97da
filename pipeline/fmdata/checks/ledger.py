"""Whether every line of a capture is accounted for, and once; and whether its word runs are those that were written.

The word runs list every line that is not blank, so that no source is needed to know which lines there are. A row's hash
is also over the lines of the rows before and after it: none can be taken out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import duckdb

from fmdata.checks.anchors import described, row_hash
from fmdata.contract import Anchoring, Package, Resource
from fmdata.contract.roles import ANCHOR_AGAIN, WORD_RUNS
from fmdata.errors import Failure
from fmdata.sql import name

Rows = Sequence[Sequence[Any]]


def with_hashes(capture: str, rows: Rows) -> list[tuple[Any, ...]]:
    """The rows of one source's word runs, each with its hash: over itself and the lines before and after it."""
    numbers = [None, *(row[0] for row in rows), None]
    return [(*row, row_hash(capture, [*row, numbers[index], numbers[index + 2]])) for index, row in enumerate(rows)]


def bibliographic_lines(con: duckdb.DuckDBPyConnection, package: Package, roles: Anchoring) -> Mapping[str, set[int]]:
    """The lines of each source that `bibliographic` cells rest on: they may be published in full."""
    fields = [f"{table.name}.{field.name}" for table in package for field in table.fields if field.bibliographic]
    rows = con.execute(
        "SELECT DISTINCT place.source_id, unnest(range(place.line_start, place.line_end + 1)) "
        f"FROM main.{name(roles.cells.name)} AS cell "
        f"JOIN main.{name(roles.places.name)} AS place ON place.{name(roles.place_key)} = cell.passage_id "
        "WHERE list_contains($1, cell.table_name || '.' || cell.column_name)",
        [fields],
    ).fetchall()
    lines = defaultdict[str, set[int]](set)
    for source, line in rows:
        lines[source].add(line)
    return lines


def check_ledger(
    con: duckdb.DuckDBPyConnection, package: Package, roles: Anchoring, foreign: set[str]
) -> list[Failure]:
    """What is wrong with the word runs and the ledger of lines; `foreign` sources aside."""
    columns, runs = ", ".join(WORD_RUNS), roles.word_runs
    rows = con.execute(f"SELECT _file, _line, _folder, {columns} FROM raw.{name(runs.name)} ORDER BY _file, _line")
    files = {file: list(own) for file, own in groupby(rows.fetchall(), key=lambda row: row[0])}
    sources, bibliographic = described(con, roles), bibliographic_lines(con, package, roles)
    failures, lines = [], {}
    for file, own in files.items():
        source = own[0][2]
        if source in foreign:
            continue
        failure = _file(source in sources and sources[source].identity, [row[3:] for row in own])
        if failure is None:
            lines[source] = {number for _, _, _, number, *_ in own}
            failure = _free(own, bibliographic.get(source, set()))
        if failure:
            at, found, expected = failure
            failures.append(
                Failure(file, own[at][1], 0, runs.name, "", "word runs edited", found, expected, ANCHOR_AGAIN)
            )
    without = sources.keys() - foreign - {own[0][2] for own in files.values()}
    for source in sorted(filter(None, without)):
        file, found = f"raw/{source}/{runs.name}.csv", f"there are no word runs of the source {source}"
        expected = "the hashes that keep its sentences out"
        failures.append(Failure(file, 0, 0, runs.name, "", "no word runs", found, expected, ANCHOR_AGAIN))
    return [*failures, *(_accounts(con, roles.ledger, lines) if roles.ledger else ())]


def _file(capture: str | bool, rows: Rows) -> tuple[int, str, str] | None:
    """What is wrong with the rows of a file, at which of them: they are of another capture, or one was edited."""
    if not capture:
        return 0, "the word runs stand in no source's folder", "those of a source"
    wrong = [
        index
        for index, (row, right) in enumerate(
            zip(rows, with_hashes(str(capture), [row[:-1] for row in rows]), strict=True)
        )
        if row[-1] != right[-1]
    ]
    if len(wrong) == len(rows):
        return 0, "the word runs were made from another text", "those of the capture that the source's row describes"
    if wrong:
        found = f"the word runs of line {rows[wrong[0]][0]}, or the rows beside them, are not as they were written"
        return wrong[0], found, "rows that nobody edited, took out or added"
    return None


def _free(rows: Rows, bibliographic: set[int]) -> tuple[int, str, str] | None:
    """The first line that may be published in full by the extracts or the contract and not by the word runs, or not."""
    for index, (_, _, _, number, free, *_) in enumerate(rows):
        if free != (number in bibliographic):
            was, now = ("bibliographic", "no more") if free else ("not bibliographic", "now")
            return index, f"line {number} was {was} when its word runs were written, and is {now}", "what was written"
    return None


def _accounts(con: duckdb.DuckDBPyConnection, ledger: Resource, lines: dict[str, set[int]]) -> Iterator[Failure]:
    """Lines that are not accounted for, and accounts of lines that are not there; twice is for the key to tell."""
    rows = con.execute(
        f"SELECT _file, _line, source_id, line_number FROM main.{name(ledger.name)} ORDER BY _file, _line"
    ).fetchall()
    accounts = defaultdict[str, list[tuple[str, int, int]]](list)
    for file, line, of, number in rows:
        accounts[of].append((file, line, number))
    for source, numbers in lines.items():
        own = accounts[source]
        if missing := sorted(numbers - {number for *_, number in own}):
            file = own[0][0] if own else f"raw/{source}"
            several = f"lines {', '.join(map(str, missing))} are" if missing[1:] else f"line {missing[0]} is"
            found, expected = f"{several} not accounted for", "each line that is not blank, once"
            advice = "Add it, with a reason if nothing was taken from it"
            yield Failure(file, 0, 0, ledger.name, "", "line unaccounted for", found, expected, advice)
        for file, line, number in own:
            if number not in numbers:
                found, expected = f"line {number} is blank in the capture or beyond its end", "a line with words"
                advice = "Correct the number or remove the row"
                yield Failure(file, line, 0, ledger.name, "line_number", "line not there", found, expected, advice)
