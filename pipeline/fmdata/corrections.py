"""Corrections, which are data: which cell of a published table says what, and what it should say, and why.

They are an extract with the role `corrections`, applied to each table as soon as it is made, so that whatever is made
of it has the right value too. The value that was wrong must still be there: where the extract was mended meanwhile, a
correction is stale, and nobody would notice if it hid a value that is right by now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb

from fmdata.contract import Package, Resource
from fmdata.contract.roles import CORRECTION, with_role
from fmdata.contract.types import expected, read, write
from fmdata.errors import Failure, quote
from fmdata.provenance import row_key
from fmdata.sql import name

ROLE, ACCEPTED = "corrections", "accepted"
"""The role of the extract, and the status of a correction that is applied."""


@dataclass(frozen=True)
class Correction:
    """One accepted correction: the cell, its `wrong` text and the `right` one (None: blank), and where it stands."""

    table: str
    key: str
    column: str
    wrong: str | None
    right: str | None
    file: str
    line: int

    @property
    def cell(self) -> tuple[str, str, str]:
        """Table, key and column of the cell."""
        return self.table, self.key, self.column

    def failure(self, rule: str, field: str, found: str, wanted: str, advice: str = "") -> Failure:
        """A failure of this correction, in a field of its row."""
        return Failure(self.file, self.line, 0, ROLE, field, rule, found, wanted, advice)


def accepted(con: duckdb.DuckDBPyConnection, raw: Package) -> list[Correction]:
    """The corrections that are accepted, in the order of their extract; none for a project without such an extract."""
    extract = with_role(raw, ROLE)
    if extract is None:
        return []
    columns = ", ".join(CORRECTION[:5])
    rows = con.execute(
        f"SELECT {columns}, _file, _line FROM raw.{name(extract.name)} WHERE status = $1 ORDER BY _file, _line",
        [ACCEPTED],
    ).fetchall()
    return [Correction(*row) for row in rows]


def misplaced(corrections: Iterable[Correction], package: Package) -> list[Failure]:
    """What is wrong with corrections by themselves: cells that no table can have, and cells with two of them."""
    failures, seen = [], dict[tuple[str, str, str], Correction]()
    tables = {resource.name: resource for resource in package if not resource.generated}
    for one in corrections:
        table = tables.get(one.table)
        if table is None:
            found, wanted = f"there is no table {quote(one.table)} to correct", f"one of {', '.join(tables)}"
            failures.append(one.failure("unknown cell", "table_name", found, wanted))
        elif not table.primary_key:
            found, wanted = f"{one.table} has no primary key to name its rows by", "a table with one"
            failures.append(one.failure("unknown cell", "table_name", found, wanted))
        elif one.column not in table.names():
            found = f"{one.table} has no column {quote(one.column)}"
            failures.append(one.failure("unknown cell", "column_name", found, f"one of {', '.join(table.names())}"))
        elif one.column in table.primary_key:
            found, wanted = f"{one.column} is part of the key of {one.table}", "a column that is not: keys are for ever"
            advice = "Withdraw the row with a tombstone and enter another one"
            failures.append(one.failure("key corrected", "column_name", found, wanted, advice))
        elif first := seen.get(one.cell):
            found = f"a correction of the same cell stands at {first.file}:{first.line}"
            advice = "Give the older one the status superseded, and this one the wrong value that the older one had"
            failures.append(one.failure("two corrections", "", found, "one accepted correction a cell", advice))
        seen.setdefault(one.cell, one)
    return failures


def by_table(corrections: Iterable[Correction], failures: Iterable[Failure]) -> Mapping[str, list[Correction]]:
    """The corrections of each table, but those with failures of their own."""
    told = {(failure.file, failure.line) for failure in failures}
    found = defaultdict[str, list[Correction]](list)
    for one in corrections:
        if (one.file, one.line) not in told:
            found[one.table].append(one)
    return found


def correct(con: duckdb.DuckDBPyConnection, resource: Resource, corrections: Iterable[Correction]) -> list[Failure]:
    """Apply the corrections of a table to `main.<table>`; what cannot be applied is told."""
    return [failure for one in corrections for failure in _apply(con, resource, one)]


def _apply(con: duckdb.DuckDBPyConnection, resource: Resource, one: Correction) -> list[Failure]:
    field, table, column = resource.field(one.column), f"main.{name(resource.name)}", name(one.column)
    text = f"CASE WHEN {column} IS NOT NULL THEN {write(field, column)} END"
    rows = con.execute(f"SELECT rowid, {text} FROM {table} WHERE {row_key(resource)} = $1", [one.key]).fetchall()
    if not rows:
        found, wanted = f"{resource.name} has no row with the key {quote(one.key)}", "the key of a row"
        return [one.failure("unknown cell", "row_key", found, wanted, "Correct the key, or remove the correction")]
    [(row, there)] = rows[:1]
    if there != one.wrong:
        found, wanted = f"the cell says {_shown(there)}, not {_shown(one.wrong)}", "the value that is to be corrected"
        advice = "Remove the correction if the extract was mended, or correct the wrong value it expects"
        return [one.failure("stale correction", "wrong_value", found, wanted, advice)]
    if one.right == one.wrong:
        found = f"both values are {_shown(one.right)}"
        return [one.failure("no correction", "right_value", found, "another value than the wrong one", "Remove it")]
    if one.right is None and field.required:
        found = f"{one.table}.{one.column} may not be blank"
        return [one.failure("required", "right_value", found, expected(field), "Fill it in")]
    [(typed,)] = con.execute(f"SELECT {read(field, '$1')} IS NOT NULL", [one.right]).fetchall()
    if one.right is not None and not typed:
        found = f"{quote(one.right)} is no value of {one.table}.{one.column}"
        return [one.failure("type", "right_value", found, expected(field), "Correct the value")]
    con.execute(f"UPDATE {table} SET {column} = {read(field, '$1')} WHERE rowid = $2", [one.right, row])
    return []


def _shown(text: str | None) -> str:
    return "nothing" if text is None else quote(text)
