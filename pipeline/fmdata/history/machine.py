"""A difference for programs, whole, and written as it is read: JSON, and CSV with one line a change."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from fmdata.contract import Package
from fmdata.history.bump import Minimum, rule_of
from fmdata.history.difference import Difference
from fmdata.history.published import Published
from fmdata.history.recipe import REFERENCED
from fmdata.history.row_changes import CHANGED, RowChange, RowChanges

COLUMNS = ("kind", "table", "key", "column", "old", "new", "rule", "bump")


def as_json(found: Difference, least: Minimum) -> Iterator[str]:
    """Lines of one JSON object: what was compared, the least version, changes of the contract, and tables with rows.

    Of an added or removed row "row" is the row, of a changed one "cells" are those that changed.
    """
    head = json.dumps(record(found, least), ensure_ascii=False, indent=2)
    yield head.removesuffix("\n}") + ',\n  "tables": ['
    changed = [table for table in found.tables if table]
    for number, table in enumerate(changed, 1):
        told = json.dumps(_table(table), ensure_ascii=False)
        yield f'    {told[:-1]}, "rows": ['
        before = ""
        for change in table.rows(found.con):
            if before:
                yield f"{before},"
            before = f"      {json.dumps(_row(change), ensure_ascii=False)}"
        if before:
            yield before
        yield "    ]}" + ("," if number < len(changed) else "")
    yield "  ]\n}"


def of_the_first(package: Package) -> Iterator[str]:
    """Lines of the same object for a release that there was none before: it has nothing but what it is called."""
    new = {"name": package.name, "version": package.version}
    yield json.dumps({"old": None, "new": new, "tables": []}, ensure_ascii=False, indent=2)


def record(found: Difference, least: Minimum) -> dict[str, Any]:
    """All but the rows, as JSON values."""
    names = found.renames
    return {
        "old": _side(found.old),
        "new": _side(found.new),
        "minimum": {
            "version": str(least.version),
            "bump": str(least.bump),
            "reasons": [
                {
                    "bump": str(reason.rule.bump),
                    "rule": reason.rule.name,
                    "why": reason.rule.why,
                    "table": reason.table,
                    "field": reason.field,
                    "words": reason.words,
                }
                for reason in least.reasons
            ],
        },
        "renamed": {
            "tables": [{"old": old, "new": new} for old, new in names.tables.items()],
            "fields": [
                {"table": names.table(table), "old": old, "new": new} for (table, old), new in names.fields.items()
            ],
        },
        "contract": [
            {**change._asdict(), "rule": change.rule.name, "bump": str(change.rule.bump)} for change in found.schema
        ],
        "referenced": [
            {"table": g.table, "fields": g.fields, "by": g.by, "number": g.number, "keys": list(g.keys(found.con))}
            for g in found.gone
        ],
    }


def with_rows(found: Difference, table: RowChanges) -> dict[str, Any]:
    """What changed in a table, with all its rows, as JSON values."""
    return {**_table(table), "rows": [_row(change) for change in table.rows(found.con)]}


def _side(release: Published) -> dict[str, str]:
    name, version = release.package.name, str(release.version)
    return {"place": release.place, "name": name, "version": version, "content": f"sha256:{release.content}"}


def _table(table: RowChanges) -> dict[str, Any]:
    counts = {kind: table.number(kind) for kind in ("added", "removed", "changed")}
    return {"table": table.table, "follows": table.follows, "why_not": table.why_not, **counts, "cells": table.cells}


def _row(change: RowChange) -> dict[str, Any]:
    if change.kind == CHANGED:
        return {"kind": change.kind, "key": change.key, "cells": [cell._asdict() for cell in change.cells]}
    return {"kind": change.kind, "key": change.key, "row": change.new or change.old}


def as_csv(found: Difference) -> Iterator[str]:
    """Lines of CSV: one a change of the contract (old and new as JSON), a row that came or went, a changed cell.

    A blank cell is empty.
    """
    yield _line(COLUMNS)
    for change in found.schema:
        old, new = ("" if v is None else json.dumps(v, ensure_ascii=False) for v in (change.old, change.new))
        rule = change.rule
        yield _line((f"contract: {change.what}", change.table, "", change.field, old, new, rule.name, str(rule.bump)))
    for gone in found.gone:
        fields, rule = ", ".join(gone.fields), REFERENCED
        for key in gone.keys(found.con):
            yield _line(("referenced key gone", gone.table, key, fields, gone.by, "", rule.name, str(rule.bump)))
    for table in found.tables:
        for row in table.rows(found.con):
            rule = rule_of(row.kind, table)
            ending = rule.name, str(rule.bump)
            if row.kind != CHANGED:
                yield _line((f"row {row.kind}", table.table, row.key, "", "", "", *ending))
            for cell in row.cells:
                kind = "cell changed"
                yield _line((kind, table.table, row.key, cell.column, cell.old or "", cell.new or "", *ending))


def _line(values: tuple[str, ...]) -> str:
    text = io.StringIO()
    # Only what stands in the line end is quoted for its sake.
    csv.writer(text, lineterminator="\r\n").writerow(values)
    return text.getvalue().removesuffix("\r\n")
