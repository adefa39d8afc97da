"""Whether every line of a capture is accounted for, and once; and whether its word runs are those that were written.

The word runs list every line that is not blank, so that no source is needed to know which lines there are.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from fmdata.checks.anchors import ANCHOR_AGAIN, captures, row_hash
from fmdata.contract import Anchoring, Resource
from fmdata.contract.roles import WORD_RUNS
from fmdata.errors import Failure
from fmdata.sql import name


def check_ledger(con: duckdb.DuckDBPyConnection, roles: Anchoring, foreign: set[str]) -> list[Failure]:
    """What is wrong with the word runs and the ledger of lines; `foreign` sources aside."""
    described, runs = captures(con, roles), roles.word_runs
    rows = con.execute(
        f"SELECT _file, _line, _folder, {', '.join(WORD_RUNS)} FROM raw.{name(runs.name)} ORDER BY _file, _line"
    ).fetchall()
    failures = []
    for file, line, folder, *cells, hashed in rows:
        if folder not in foreign and hashed != row_hash(described.get(folder, ""), tuple(cells)):
            found = f"the word runs of line {cells[0]} are not as they were written for the capture of {folder}"
            expected = "a row that nobody edited"
            failures.append(
                Failure(file, line, 0, runs.name, "row_hash", "word runs edited", found, expected, ANCHOR_AGAIN)
            )
    lines: dict[str, set[int]] = {source: set() for source in described if source not in foreign}
    for _, _, folder, number, *_ in rows:
        lines.setdefault(folder, set()).add(number)
    for source in [source for source, numbers in lines.items() if not numbers]:
        file, found = f"raw/{source}/{runs.name}.csv", f"there are no word runs of the source {source}"
        expected = "the hashes that keep its sentences out"
        failures.append(Failure(file, 0, 0, runs.name, "", "no word runs", found, expected, ANCHOR_AGAIN))
        del lines[source]
    return [*failures, *(_accounts(con, roles.ledger, lines) if roles.ledger else ())]


def _accounts(con: duckdb.DuckDBPyConnection, ledger: Resource, lines: dict[str, set[int]]) -> Iterator[Failure]:
    """Lines that are not accounted for, and accounts of lines that are not there; twice is for the key to tell."""
    rows = con.execute(
        f"SELECT _file, _line, source_id, line_number FROM main.{name(ledger.name)} ORDER BY _file, _line"
    ).fetchall()
    for source, numbers in lines.items():
        own = [(file, line, number) for file, line, of, number in rows if of == source]
        file = own[0][0] if own else f"raw/{source}"
        for number in sorted(numbers - {number for *_, number in own}):
            found, expected = f"line {number} is not accounted for", "each line that is not blank, once"
            advice = "Add it, with a reason if nothing was taken from it"
            yield Failure(file, 0, 0, ledger.name, "", "line unaccounted for", found, expected, advice)
        for file, line, number in own:
            if number not in numbers:
                found, expected = f"line {number} is blank in the capture or beyond its end", "a line with words"
                advice = "Correct the number or remove the row"
                yield Failure(file, line, 0, ledger.name, "line_number", "line not there", found, expected, advice)
