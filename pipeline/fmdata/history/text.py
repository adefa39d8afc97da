"""A difference as people read it: on a terminal, and in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fmdata.history.bump import Minimum
from fmdata.history.difference import Difference
from fmdata.history.row_changes import ADDED, REMOVED, RowChange, RowChanges
from fmdata.history.words import cell, counted, headline, rest, row_said, verdict

_SIGNS = {ADDED: "+", REMOVED: "-"}
# What Markdown or HTML would take for a mark of theirs; an underscore inside a word is none.
_MARKS = re.compile(r"[\\`*<>\[\]|~#]|(?<!\w)_|_(?!\w)")


def as_text(found: Difference, least: Minimum, limit: int) -> Iterator[str]:
    """Lines: what was compared, the least version with its reasons, and of each table the first `limit` rows."""
    yield headline(found)
    yield verdict(found, least)
    if least.reasons:
        yield ""
        yield from reasons(least)
    for table in filter(None, found.tables):
        yield ""
        yield from rows(found, table, limit)


def reasons(least: Minimum) -> Iterator[str]:
    """Lines: each change that asks for a higher version, by how much, by which rule."""
    width = max((len(reason.rule.name) for reason in least.reasons), default=0)
    for reason in least.reasons:
        yield f"{reason.rule.bump!s:<5}  {reason.rule.name:<{width}}  {reason.words}"


def rows(found: Difference, table: RowChanges, limit: int) -> Iterator[str]:
    """Lines: what changed in a table, with the first `limit` rows."""
    yield f"{table.table}: {counted(table)}"
    shown = 0
    for change in table.rows(found.con, limit):
        yield from _row(change)
        shown += 1
    if more := rest(table, shown):
        yield f"  {more}"


def _row(change: RowChange) -> Iterator[str]:
    yield f"  {_SIGNS.get(change.kind, '~')} {row_said(change)}"
    width = max((len(own.column) for own in change.cells), default=0)
    for own in change.cells:
        yield f"      {own.column:<{width}}  {cell(own.old)} → {cell(own.new)}"


def as_markdown(found: Difference, least: Minimum, limit: int) -> Iterator[str]:
    """The same as Markdown, with a table of reasons and one for the rows of each table."""
    yield f"# {marked(headline(found))}\n\n{marked(verdict(found, least))}"
    if least.reasons:
        yield "\n## Why\n\n| bump | rule | change |\n| --- | --- | --- |"
        for reason in least.reasons:
            yield f"| {reason.rule.bump} | {reason.rule.name} | {marked(reason.words)} |"
    for table in filter(None, found.tables):
        yield f"\n## {marked(table.table)}\n\n{marked(counted(table))}"
        shown = 0
        for change in table.rows(found.con, limit):
            if not shown:
                yield "\n| | row | column | old | new |\n| --- | --- | --- | --- | --- |"
            yield from _records(change)
            shown += 1
        if more := rest(table, shown):
            yield f"\n{marked(more)}"


def _records(change: RowChange) -> Iterator[str]:
    if not change.cells:
        yield f"| {change.kind} | {marked(row_said(change))} | | | |"
    for own in change.cells:
        words = (change.kind, row_said(change), own.column, cell(own.old), cell(own.new))
        yield f"| {' | '.join(map(marked, words))} |"


def marked(text: str) -> str:
    """Text that Markdown shows as it is.

    >>> marked("a_b *c* <d>|")
    'a_b \\\\*c\\\\* \\\\<d\\\\>\\\\|'
    """
    return _MARKS.sub(lambda match: f"\\{match[0]}", text.replace("&", "&amp;"))
