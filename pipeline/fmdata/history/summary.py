"""What changed, in lines for a changelog: made from the changes of a build, and short enough to be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fmdata.history.text import marked
from fmdata.history.words import cell

# How many rows of a table are named.
_ROWS = 12


def summary(file: Path) -> Iterator[str]:
    """Lines of Markdown for what a `changes.json` says: a bullet a table or change of the contract, then its rows."""
    told = json.loads(file.read_text(encoding="utf-8"))
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


def _table(table: dict[str, Any]) -> Iterator[str]:
    kinds = [f"{table[kind]:,} {kind}" for kind in ("added", "removed", "changed") if table[kind]]
    yield f"- `{table['table']}`: rows {', '.join(kinds)}" + (":" if table["rows"] else ".")
    for row in table["rows"][:_ROWS]:
        if row["kind"] == "changed":
            for own in row["cells"]:
                old, new = (marked(cell(text)) for text in (own["old"], own["new"]))
                yield f"  - {marked(row['key'])}, `{own['column']}`: {old} → {new}"
        else:
            yield f"  - {marked(row['key'])} {row['kind']}"
    if (left := len(table["rows"]) - _ROWS) > 0:
        yield f"  - and {left:,} more"
