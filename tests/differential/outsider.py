"""The judge from outside: frictionless, as any reader of the data would run it on the same rows and contract."""

from __future__ import annotations

import csv
import re
import tempfile
from collections import Counter
from copy import deepcopy
from pathlib import Path
from typing import Any

from frictionless import FrictionlessException, Package

from differential.case import Case, Record, Verdicts, file

# frictionless's name of an error -> our rule's
RULES = {
    "type-error": "type",
    "unique-error": "unique",
    "primary-key": "primary key",
    "foreign-key": "foreign key",
    "blank-row": "blank row",
    "missing-cell": "missing columns",
    "extra-cell": "too many columns",
}
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_CONSTRAINT = re.compile(r'constraint "(\w+)" is')


def judge(case: Case) -> Verdicts:
    """What frictionless says of the published contract and the rows as they came in, each table's in one file."""
    with tempfile.TemporaryDirectory(prefix="case-") as folder:
        rows = {table: case.records(table) for table in case.schemas}
        resources = []
        for table, schema in case.schemas.items():
            header = [field["name"] for field in schema["fields"]]
            text = file(header, [list(row.cells) for row in rows[table]], csv.QUOTE_ALL)
            Path(folder, f"{table}.csv").write_bytes(text.encode())
            # frictionless takes the descriptors it is given to pieces.
            dialect = {"csv": {"delimiter": ",", "lineTerminator": "\n"}}
            resources.append({"name": table, "type": "table", "path": f"{table}.csv", "scheme": "file", "format": "csv",
                              "encoding": "utf-8", "dialect": dialect, "schema": deepcopy(schema)})  # fmt: skip
        report = _report({"$schema": _PROFILE, "name": "case", "resources": resources}, folder)
        found: Verdicts = Counter()
        for task in report.tasks:
            for error in task.errors:
                found[_verdict(error, case.schemas[task.name], rows[task.name])] += 1
        return found


class RefusedError(Exception):
    """frictionless refuses the contract, or fails on the rows."""


def _report(descriptor: dict[str, Any], folder: str) -> Any:
    try:
        report = Package.from_descriptor(descriptor, basepath=folder).validate(limit_errors=1_000_000)
    except (FrictionlessException, TypeError) as error:
        raise RefusedError(error) from error
    if report.errors:
        raise RefusedError(report.errors)
    return report


def _verdict(error: Any, schema: dict[str, Any], rows: list[Record]) -> tuple[str, int, str, str]:
    # frictionless counts records, the header as the first.
    row = rows[error.row_number - 2] if getattr(error, "row_number", 0) else Record("", 0, ())
    rule = RULES.get(error.type, error.type)
    if error.type == "constraint-error":
        rule = _CONSTRAINT.search(error.note)[1]  # type: ignore[index]
    field = getattr(error, "field_name", "")
    if error.type == "primary-key":
        field = ", ".join(schema["primaryKey"]) if isinstance(schema["primaryKey"], list) else schema["primaryKey"]
    elif error.type == "foreign-key":
        field = ", ".join(error.field_names)
    elif rule in ("missing columns", "too many columns"):
        field = ""
    return row.file, row.line, field, rule
