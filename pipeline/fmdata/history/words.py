"""Changes in plain sentences."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fmdata.errors import quote
from fmdata.history.difference import Difference
from fmdata.history.references import Gone
from fmdata.history.row_changes import ADDED, CHANGED, REMOVED, RowChange, RowChanges
from fmdata.history.schema_changes import SchemaChange

if TYPE_CHECKING:
    from fmdata.history.bump import Minimum

# What is longer is cut where people read it; programs get all of it.
_LONGEST, _BEFORE = 200, 40
# So many rows or keys are named beside a rule.
SHOWN = 3
_WHOLE = ("table", "view", "field")


def said(change: SchemaChange) -> str:
    """A change of the contract: where, what, and from what to what."""
    where = ".".join(part for part in (change.table, change.field) if part) or "package"
    if change.what in _WHOLE:
        return f"{change.what} {where} {'added' if change.old is None else 'removed'}"
    if change.what == "name":
        return f"{where}: was named {quote(change.old)}"
    if change.what == "enum" and isinstance(change.new, list) and isinstance(change.old, list):
        done = "also allowed" if change.new else "no longer allowed"
        return f"{where}: {done}: {', '.join(map(value, change.new or change.old))}"
    old, new = value(change.old), value(change.new)
    # Of two long texts, what is shown is where they differ.
    start = max(same_start(old, new) - _BEFORE, 0) if max(len(old), len(new)) > _LONGEST else 0
    return f"{where}: {change.what} {_part(old, start)} → {_part(new, start)}"


def value(found: Any) -> str:
    """A JSON value as people read it, or that there is none."""
    return "(none)" if found is None else json.dumps(found, ensure_ascii=False)


def same_start(old: str, new: str) -> int:
    """How many characters two texts begin with alike.

    >>> same_start("fast", "far")
    2
    """
    return next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))


def _part(text: str, start: int) -> str:
    end = start + _LONGEST
    return ("…" if start else "") + text[start:end] + ("…" if len(text) > end else "")


def numbered(number: int, noun: str) -> str:
    """A number of things.

    >>> numbered(1, "row"), numbered(2000, "row")
    ('1 row', '2,000 rows')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def rows_said(table: RowChanges, kind: str, first: list[str]) -> str:
    """How many rows of a table are of a kind, of changed ones in which columns, and which are the `first` of them."""
    words = f"{table.table}: {numbered(table.number(kind), 'row')} {kind}"
    if kind == CHANGED:
        columns = (f"{column} {number:,}" if number > 1 else column for column, number in table.cells.items())
        words += f" ({', '.join(columns)})"
    return f"{words}: {listed(first, table.number(kind))}"


def listed(first: Sequence[str], number: int) -> str:
    """The first of a number of things, and how many more there are."""
    more = f" and {number - len(first):,} more" if number > len(first) else ""
    return ", ".join(f"{told[:_LONGEST]}…" if len(told) > _LONGEST else told for told in first) + more


def gone_said(gone: Gone, first: list[str]) -> str:
    """How many keys are gone that another table referred to, and which are the `first` of them."""
    keys = listed([cell(key) for key in first], gone.number)
    return f"{gone.table}: {numbered(gone.number, 'key')} gone that {gone.by} referred to: {keys}"


def cell(text: str | None) -> str:
    """A cell's text, or that it is blank; one that would not be seen as it is, in quotes and with escapes."""
    if text is None:
        return "(blank)"
    seen = text.isprintable() and text == text.strip() and text
    return text if seen else json.dumps(text, ensure_ascii=False)


def row_said(change: RowChange) -> str:
    """The key of a row, or, in a table without one, its cells."""
    if change.key:
        return cell(change.key)
    row = change.new or change.old or {}
    return ", ".join(f"{column} {cell(text)}" for column, text in row.items() if text is not None)


def headline(found: Difference) -> str:
    """Which two releases were compared."""
    return " → ".join(f"{side.package.name} {side.version} ({side.place})" for side in (found.old, found.new))


def verdict(found: Difference, least: Minimum) -> str:
    """Whether anything differs, the least version that demands, and whether the new release has it."""
    if not found:
        return "No difference: the contracts are the same, and so are all rows."
    words = f"The least version after {found.old.version} is {least.version} ({least.bump})"
    low = "which is too low" if found.new.version < least.version else "which will do"
    return f"{words}; the new release says {found.new.version}, {low}."


def counted(table: RowChanges) -> str:
    """How many rows of a table are of which kind."""
    if table.why_not:
        return f"not compared: {table.why_not}"
    kinds = (f"{table.number(kind):,} {kind}" for kind in (ADDED, REMOVED, CHANGED) if table.number(kind))
    return ", ".join(kinds)


def rest(table: RowChanges, shown: int) -> str:
    """What is said of the rows that are not shown, '' where all are."""
    left = sum(table.counts.values()) - shown
    return f"… and {left:,} more (--limit shows more, --format json all)" if left > 0 else ""
