"""What the judges are shown: a small project, and what a verdict on it is.

A verdict is (file, physical line, field, rule), in the engine's words. Judges give a `Counter`, so that one thing told
twice is seen.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Verdict = tuple[str, int, str, str]
Verdicts = Counter[Verdict]
Schema = dict[str, Any]


@dataclass(frozen=True)
class Record:
    """One row of an extract as text: where it begins, and its cells."""

    file: str
    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """A project without a pipeline.

    `schemas` is the published contract, table by table; `extracts` that of the extracts where they have one of their
    own; `files` the extracts' texts by their paths, which end in `<table>.csv`.
    """

    schemas: dict[str, Schema]
    files: dict[str, str]
    extracts: dict[str, Schema] | None = None

    def paths(self, table: str) -> list[str]:
        """The files of a table, in the order in which their rows count."""
        return sorted(path for path in self.files if path.endswith(f"/{table}.csv"))

    def records(self, table: str) -> list[Record]:
        """The rows of a table's files, as Python's CSV reader sees them."""
        return [record for path in self.paths(table) for record in records(path, self.files[path])]

    def write(self, root: Path) -> Path:
        """Make the project in the folder `root`."""
        about = {"name": "case", "version": "0.1.0", "title": "A case"}
        about |= {"licenses": [{"name": "CC0-1.0"}], "contributors": [{"title": "Somebody"}]}  # type: ignore[dict-item]
        resources = [
            {"name": table, "path": f"dist/latest/data/{table}.csv", "schema": schema}
            for table, schema in self.schemas.items()
        ]
        texts = {"LICENSE": "CC0\n", "CHANGELOG.md": "# Changelog\n", **self.files}
        texts["datapackage.json"] = json.dumps({**about, "resources": resources})
        if self.extracts is not None:
            listed = [
                {"name": table, "path": [path.removeprefix("raw/") for path in self.paths(table)], "schema": schema}
                for table, schema in self.extracts.items()
            ]
            texts["raw/datapackage.json"] = json.dumps({**about, "resources": listed})
        for path, text in texts.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(text.encode("utf-8"))
        return root


def records(path: str, text: str) -> list[Record]:
    """The rows of one file below its header, each with the physical line it begins at."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    next(reader)
    found, line = [], reader.line_num + 1
    for cells in reader:
        found.append(Record(path, line, tuple(cells)))
        line = reader.line_num + 1
    return found


def file(header: list[str], rows: list[list[str]], quoting: int = csv.QUOTE_MINIMAL) -> str:
    """A CSV text as extracts are written: commas, LF, quotes where they are needed or (`quoting`) everywhere."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([header, *rows])
    return text.getvalue()


def one(fields: list[Schema], rows: list[list[str]], **schema: Any) -> Case:
    """A case of one table `t` in one file, for an example written by hand."""
    header = [field["name"] for field in fields]
    return Case({"t": {"fields": fields, **schema}}, {"raw/t.csv": file(header, rows)})


def blanks(field: Schema, schema: Schema) -> list[str]:
    """The texts that mean a blank; a field's own go before the schema's."""
    found: list[str] = (field if "missingValues" in field else schema).get("missingValues") or []
    return found if "missingValues" in field or "missingValues" in schema else [""]


def names(value: str | list[str]) -> list[str]:
    """Field names, which the specification lets be written as one text or a list."""
    return [value] if isinstance(value, str) else value
