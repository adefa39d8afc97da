"""The least version that a difference demands, and which change demands it by which rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import duckdb

from fmdata.history.difference import Difference
from fmdata.history.recipe import CORRECTED, FOLLOWS, KEY, REFERENCED, ROWS_ADDED, ROWS_REMOVED, Rule
from fmdata.history.row_changes import ADDED, CHANGED, REMOVED, RowChanges
from fmdata.history.versions import Bump, Version
from fmdata.history.words import SHOWN, gone_said, row_said, rows_said, said


class Reason(NamedTuple):
    """One change of the contract, or one kind of change of a table's rows, in words, and the rule that weighs it."""

    rule: Rule
    table: str
    field: str
    words: str


class Minimum(NamedTuple):
    """The least version, by which number it is higher than the base, and the reasons, the heaviest first."""

    version: Version
    bump: Bump
    reasons: list[Reason]

    def forcing(self) -> list[Reason]:
        """The reasons without which a lower version would do."""
        return [reason for reason in self.reasons if reason.rule.bump == self.bump != Bump.NONE]


def minimum(base: Version, found: Difference) -> Minimum:
    """The least version that may follow `base` for a difference from it."""
    reasons = [Reason(change.rule, change.table, change.field, said(change)) for change in found.schema]
    for gone in found.gone:
        words = gone_said(gone, list(gone.keys(found.con, SHOWN)))
        reasons.append(Reason(REFERENCED, gone.table, ", ".join(gone.fields), words))
    for table in found.tables:
        reasons += _rows(found.con, table)
    reasons.sort(key=lambda reason: -reason.rule.bump)
    bump = max((reason.rule.bump for reason in reasons), default=Bump.NONE)
    return Minimum(base.raised(bump), bump, reasons)


def rule_of(kind: str, table: RowChanges) -> Rule:
    """The rule for a kind of change of a table's rows, references aside."""
    return FOLLOWS if table.follows else {ADDED: ROWS_ADDED, REMOVED: ROWS_REMOVED, CHANGED: CORRECTED}[kind]


def _rows(con: duckdb.DuckDBPyConnection, table: RowChanges) -> Iterator[Reason]:
    if table.why_not:
        yield Reason(KEY, table.table, "", f"{table.table}: {table.why_not}")
    for kind in (REMOVED, ADDED, CHANGED):
        if table.number(kind):
            fields = ", ".join(table.cells) if kind == CHANGED else ""
            first = [row_said(change) for change in table.rows(con, SHOWN, (kind,))]
            yield Reason(rule_of(kind, table), table.table, fields, rows_said(table, kind, first))
