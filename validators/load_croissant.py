"""Loads every record set of a release with mlcroissant: python load_croissant.py FOLDER.

Prints them as JSON, {record set: [{field: value}]}: a time as ISO 8601 text, a missing value as null. The SHA-256 of
each file is checked against croissant.json on the way.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import mlcroissant


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, datetime.datetime | datetime.time):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value


folder = Path(sys.argv[1])
dataset = mlcroissant.Dataset(str(folder / "croissant.json"))
for file in dataset.metadata.file_objects:
    if hashlib.sha256((folder / file.content_url).read_bytes()).hexdigest() != file.sha256:
        sys.exit(f"{file.content_url}: its SHA-256 is not the one in croissant.json")
loaded = {}
for records in dataset.metadata.record_sets:
    # A table without rows, as pandas iterates it, has one record that is the text of its columns.
    rows = [row for row in dataset.records(records.uuid) if isinstance(row, dict)]
    loaded[records.uuid] = [
        {key.removeprefix(f"{records.uuid}/"): plain(value) for key, value in row.items()} for row in rows
    ]
json.dump(loaded, sys.stdout, ensure_ascii=False)
