"""The Parquet form of a release: a folder with a file a table, and the contract that says what they are.

The files are those of `fmdata build --parquet`, and the same bytes each time.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from fmdata.contract import Package, Resource
from fmdata.history import Published
from fmdata.history.sides import reading
from fmdata.progress import Progress, Step
from fmdata.writers.archive import sha256
from fmdata.writers.csv import DATA
from fmdata.writers.parquet import PARQUET, path, write_parquet

DESCRIPTOR = "datapackage.json"
# What a resource says of its CSV file, of which there is none here. A hash tells whether a file is whole; of `bytes`,
# frictionless thinks that they are those of a text, and finds none.
_OF_CSV = frozenset({"dialect", "encoding", "scheme", "profile", "bytes", PARQUET})


def write_folder(con: duckdb.DuckDBPyConnection, release: Published, folder: Path, progress: Progress) -> None:
    """Write the files into the empty folder `folder`."""
    package = release.package
    (folder / DATA).mkdir()
    step = Step("writing Parquet files")
    progress(step)
    for resource in package:
        with reading(resource.name):
            write_parquet(con, resource, release.folder, folder)
        step.rows += release.rows(resource.name)
    text = json.dumps(_descriptor(package, folder), ensure_ascii=False, indent=2, allow_nan=False)
    (folder / DESCRIPTOR).write_text(text + "\n", encoding="utf-8")


def is_export(folder: Path) -> bool:
    """Whether a folder holds such files and nothing else: Parquet files, and the contract of a release."""
    found = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if not file.is_dir()}
    files = found - {DESCRIPTOR}
    if files == found or not all(file.startswith(f"{DATA}/") and file.endswith(f".{PARQUET}") for file in files):
        return False
    return '"contentHash": "sha256:' in (folder / DESCRIPTOR).read_text(encoding="utf-8", errors="replace")


def _descriptor(package: Package, folder: Path) -> dict[str, Any]:
    words = {word: value for word, value in package.descriptor.items() if word not in ("views", "resources")}
    return {**words, "resources": [_resource(resource, folder) for resource in package]}


def _resource(resource: Resource, folder: Path) -> dict[str, Any]:
    words = {word: value for word, value in resource.descriptor.items() if word not in _OF_CSV}
    told = {"path": path(resource), "format": PARQUET, "mediatype": "application/vnd.apache.parquet"}
    return {**words, **told, "hash": f"sha256:{sha256(folder / path(resource))}"}
