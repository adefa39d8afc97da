"""A project with fields of every type and texts that readers change, and its published cells as Python has them."""

from __future__ import annotations

import csv
import datetime
import io
import json
from pathlib import Path

import test_types
from conftest import write_small

# What spreadsheets, and readers that guess, take for something else.
TRAPS = [
    "1-2", "5-12", "3/4", "007", "1e5", "12345678901234567890", "0.10", "+1", "-1", "=1+1", "@x", "=HYPERLINK(\"x\")",
    "TRUE", "false", "NA", "N/A", "NULL", "nan", "Infinity", "None", "-", "1 234", "1,5", "50%", "12:30", "2024-09-08",
    "9/8/2024", "SEPT2", "MARCH1", "https://example.org/", "mailto:a@b.org", "'quoted", '"both"', 'a "b" c', "a,b",
    "a;b", "a\tb", "two\nlines", " leading", "trailing ", "_x0041_", "_x000D_", "é", "α", "😀", "日本", "<a>&amp;</a>",
    "\u00a0", "#REF!", "#N/A", "{=1}", "1.", ".5", "1E400", "\u200bhidden",
]  # fmt: skip
# Types whose values are other than texts, and may stand as text all the same.
OTHERS = ("integer", "year", "number", "boolean", "date", "time", "datetime")
# 18 kinds and more: each type with its formats, and its values.
KINDS = [(kind, options, list(good)) for kind, options, good, _ in test_types.TYPES]
MORE = [
    ("integer", {}, ["999999999999999", "-999999999999999", "0"]),
    ("integer", {}, ["1000000000000000", "1"]),
    ("number", {}, ["0.1", "1e300", "-2.5", "123456789012345"]),
    ("number", {}, ["-0", "1"]),
    ("date", {}, ["1900-03-01", "9999-12-31"]),
    ("date", {}, ["1900-02-28", "0001-01-01", "2024-01-01"]),
    ("datetime", {}, ["2024-02-29T23:59:59", "1900-03-01T00:00:00"]),
    ("datetime", {}, ["2024-02-29T13:45:00.000001", "2024-02-29T13:45:00"]),
    ("time", {}, ["00:00:00", "23:59:59"]),
    ("string", {"missingValues": ["-"]}, ["", "-", "x"]),
    ("string", {"missingValues": []}, ["", "x"]),
]  # fmt: skip


# The kinds that everybody has, in the forms that everybody reads.
COMMON = [
    ("integer", {}, ["7", "-7", "9007199254740991"]),
    ("number", {}, ["0.1", "1e300", "-2.5", "0.30000000000000004", "73"]),
    ("boolean", {}, ["true", "false"]),
    ("date", {}, ["2024-02-29", "1900-01-01"]),
    ("year", {}, ["2024", "1999"]),
    ("string", {}, ["131", "0007"]),
]


def project(root: Path, kinds: list[tuple] = KINDS + MORE) -> Path:
    """A project of one table: `id`, a column a kind, and one of traps; blank where a kind has no more values."""
    columns = {f"c{n:02}_{kind}": (kind, options, good) for n, (kind, options, good) in enumerate(kinds)}
    fields = [{"name": name, "type": kind, **options} for name, (kind, options, _) in columns.items()]
    for field in fields:
        if field["type"] in ("string", "any"):
            field["allowFormulas"] = True
    traps = {"name": "traps", "type": "string", "allowFormulas": True}
    cells = [*((good, options.get("missingValues", [""])) for _, options, good in columns.values()), (TRAPS, [""])]
    rows = [
        [row + 1, *(good[row] if row < len(good) else (missing or [""])[0] for good, missing in cells)]
        for row in range(len(TRAPS))
    ]
    text = io.StringIO()
    # The order of rows is not that of the key.
    csv.writer(text, lineterminator="\n").writerows([["id", *columns, "traps"], *reversed(rows)])
    schema = {"fields": [{"name": "id", "type": "integer"}, *fields, traps], "primaryKey": "id"}
    return write_small(root, schema, {"raw/t.csv": text.getvalue()})


def published(folder: Path) -> dict[str, tuple[list[dict], list[list]]]:
    """By table of a release: its fields' descriptors, and its rows as Python values, read by Python alone."""
    found = {}
    for resource in json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["resources"]:
        schema = resource["schema"]
        with (folder / resource["path"]).open(encoding="utf-8", newline="") as file:
            _, *rows = csv.reader(file)
        missing = [field.get("missingValues", schema.get("missingValues", [""])) for field in schema["fields"]]
        found[resource["name"]] = (
            schema["fields"],
            [[value(f, cell, m) for f, cell, m in zip(schema["fields"], row, missing, strict=True)] for row in rows],
        )
    return found


def value(field: dict, text: str, missing: list[str]) -> object:
    """A published cell as a Python value, None for a blank."""
    if text in missing[:1]:
        return None
    kind, form = field["type"], field.get("format", "default")
    if kind in ("integer", "year"):
        return int(text)
    if kind == "number":
        return float(text.replace(field.get("decimalChar", "."), "."))
    if kind == "boolean":
        return text == field.get("trueValues", ["true"])[0]
    if kind in ("date", "datetime", "time"):
        made = datetime.datetime.fromisoformat if kind == "datetime" else getattr(datetime, kind).fromisoformat
        if form == "default":
            return made(text)
        moment = datetime.datetime.strptime(text, form)
        return moment if kind == "datetime" else getattr(moment, kind)()
    return text
