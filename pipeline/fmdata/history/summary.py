"""What changed, in lines for a changelog: made from the changes of a build, and short enough to be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fmdata.history.text import marked
from fmdata.history.words import cell, numbered

# How many rows of a table are named, how a line of one begins, and how much of a cell is shown.
_ROWS, _ROW, _LONGEST = 12, '      {"kind"', 80


def summary(file: Path) -> Iterator[str]:
    """Lines of Markdown for what a `changes.json` says: a bullet a table or change of the contract, then its rows."""
    told = json.loads(_shortened(file))
    if told["old"] is None:
        yield "- The first release."
        return
    old, least = told["old"]["version"], told["minimum"]
    yield f"- Compared with {old}, what changed asks for {least['version']} at least ({least['bump']})."
    for reason in least["reasons"]:
        if reason["rule"] != "follows from other tables" and not reason["field"] + reason["table"]:
            yield f"- {marked(reason['words'])}"
    for change in told["contract"]:
        if change["table"]:
            words = ".".join(filter(None, [change["table"], change["field"]]))
            yield f"- `{words}`: {change['what']} ({change['rule']})."
    for table in told["tables"]:
        if not table["follows"]:
            yield from _table(table)


def _shortened(file: Path) -> str:
    """The changes without the rows that nobody is told of: there may be more than fit in memory."""
    kept: list[str] = []
    rows = 0
    with file.open(encoding="utf-8") as stream:
        for line in stream:
            before, rows = rows, rows + 1 if line.startswith(_ROW) else 0
            if before > _ROWS and not rows:
                kept[-1] = kept[-1].rstrip(",\n")
            if rows <= _ROWS:
                kept.append(line)
    return "".join(kept)


def _table(table: dict[str, Any]) -> Iterator[str]:
    if table["why_not"]:
        yield f"- `{table['table']}`: not compared: {marked(table['why_not'])}."
        return
    kinds = {kind: table[kind] for kind in ("added", "removed", "changed") if table[kind]}
    # Rows without a key have no name.
    rows = [row for row in table["rows"] if row["key"]]
    words = ", ".join(f"{numbered(number, 'row')} {kind}" for kind, number in kinds.items())
    yield f"- `{table['table']}`: {words}" + (":" if rows else ".")
    for row in rows:
        if row["kind"] == "changed":
            for own in row["cells"]:
                yield cell_line(row["key"], own)
        else:
            yield f"  - {_short(row['key'])} {row['kind']}"
    if rows and (left := sum(kinds.values()) - len(rows)):
        yield f"  - and {left:,} more"


def cell_line(key: str, changed: dict[str, Any]) -> str:
    """The line for a changed cell of a row."""
    old, new = (_short(changed[side]) for side in ("old", "new"))
    return f"  - {_short(key)}, `{changed['column']}`: {old} → {new}"


def _short(text: str | None) -> str:
    """A cell as a line has room for it."""
    shown = cell(text)
    return marked(shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…")
