"""A difference as one page of HTML that needs nothing else, light or dark as its reader has it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from fmdata.history.bump import Minimum
from fmdata.history.difference import Difference
from fmdata.history.row_changes import RowChange, RowChanges
from fmdata.history.words import cell, counted, headline, rest, row_said, same_start, verdict

_STYLE = """
:root { color-scheme: light dark; --line: #d0d7de; --soft: #57606a; --old: #ffebe9; --new: #dafbe1; --head: #f6f8fa }
@media (prefers-color-scheme: dark) {
  :root { --line: #3d444d; --soft: #9198a1; --old: #5d1f24; --new: #16432a; --head: #1c2128 }
}
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin: 2rem 0 .3rem }
p { margin: .3rem 0 } .soft { color: var(--soft) }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; margin: .6rem 0 }
th, td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top }
th { background: var(--head) } td { overflow-wrap: anywhere; white-space: pre-wrap }
del, ins { text-decoration: none; padding: 0 .2rem; border-radius: .2rem }
del { background: var(--old) } ins { background: var(--new) }
.major, .minor, .patch { font-weight: 600 }
"""


def as_html(found: Difference, least: Minimum, limit: int) -> Iterator[str]:
    """Lines of the page: what was compared, the least version and why, the first `limit` rows of each table."""
    title = escape(headline(found))
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>"
    yield f"<p>{escape(verdict(found, least))}</p>"
    if least.reasons:
        yield _head("Why", ("bump", "rule", "change", "why it counts"))
        for reason in least.reasons:
            rule = reason.rule
            cells = (rule.name, reason.words, rule.why)
            yield f'<tr><td class="{rule.bump}">{rule.bump}</td>{"".join(f"<td>{escape(c)}</td>" for c in cells)}</tr>'
        yield "</table></div>"
    for table in filter(None, found.tables):
        yield from _table(found, table, limit)
    yield "</body>\n</html>"


def _table(found: Difference, table: RowChanges, limit: int) -> Iterator[str]:
    shown = 0
    if table.why_not or limit == 0:
        yield f"<h2>{escape(table.table)}</h2>"
    else:
        yield _head(table.table, ("", "row", "column", "old", "new"), counted(table))
        for change in table.rows(found.con, limit):
            yield from _row(change)
            shown += 1
        yield "</table></div>"
    for words in (counted(table) if table.why_not or limit == 0 else "", rest(table, shown)):
        if words:
            yield f'<p class="soft">{escape(words)}</p>'


def _row(change: RowChange) -> Iterator[str]:
    span = max(len(change.cells), 1)
    name = f'<td rowspan="{span}">{escape(change.kind)}</td><td rowspan="{span}">{escape(row_said(change))}</td>'
    if not change.cells:
        yield f"<tr>{name}<td></td><td></td><td></td></tr>"
    for number, own in enumerate(change.cells):
        old, new = _marked(cell(own.old), cell(own.new))
        values = f"<td>{escape(own.column)}</td><td>{old}</td><td>{new}</td>"
        yield f"<tr>{name if number == 0 else ''}{values}</tr>"


def _marked(old: str, new: str) -> tuple[str, str]:
    """Two texts with what differs between their like beginnings and ends marked."""
    start = same_start(old, new)
    end = same_start(old[start:][::-1], new[start:][::-1])
    told = []
    for text, mark in ((old, "del"), (new, "ins")):
        stop = len(text) - end
        told.append(f"{escape(text[:start])}<{mark}>{escape(text[start:stop])}</{mark}>{escape(text[stop:])}")
    return told[0], told[1]


def _head(title: str, columns: tuple[str, ...], words: str = "") -> str:
    told = f'<p class="soft">{escape(words)}</p>\n' if words else ""
    cells = "".join(f"<th>{column}</th>" for column in columns)
    return f'<h2>{escape(title)}</h2>\n{told}<div class="scroll"><table>\n<tr>{cells}</tr>'
