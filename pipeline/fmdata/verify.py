"""Verifying a finished release as an independent reader would, from its files alone."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from fmdata.contract import Package
from fmdata.contract.types import TYPES, write
from fmdata.errors import FmdataError
from fmdata.sql import count, literal, name
from fmdata.writers.archive import SUMS
from fmdata.writers.descriptor import DATA, sha256


@contextmanager
def independent_reader(folder: Path) -> Iterator[Callable[[], dict[str, Any]]]:
    """frictionless reading the package at `folder` in a process of its own, as a stranger's would, while we go on.

    Yields a function that waits for its report. The CSV files and the descriptor must stand already.
    """
    command = [sys.executable, "-m", "frictionless", "validate", "--json", "datapackage.json"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            yield lambda: _report(*process.communicate())
        finally:
            process.kill()


def _report(output: bytes, messages: bytes) -> dict[str, Any]:
    try:
        report: dict[str, Any] = json.loads(output)
    except ValueError:
        raise FmdataError(f"frictionless gave no report: {messages.decode('utf-8', 'replace')}") from None
    return report


def verify(folder: Path, package: Package, counts: dict[str, int], report: Callable[[], dict[str, Any]]) -> None:
    """Raise `FmdataError` with everything in which the release at `folder` contradicts itself or its contract.

    `report` waits for the independent reader's report.
    """
    faults = [*_sums(folder), *_database(folder, package, counts), *_zip(folder), *_frictionless(report(), counts)]
    if faults:
        raise FmdataError("the release does not verify, so nothing was published:\n" + "\n".join(faults))


def _sums(folder: Path) -> list[str]:
    faults = []
    for line in (folder / SUMS).read_text(encoding="utf-8").splitlines():
        digest, _, file = line.partition("  ")
        if sha256(folder / file) != digest:
            faults.append(f"{file}: its SHA-256 is not the one in {SUMS}")
    return faults


def _frictionless(report: dict[str, Any], counts: dict[str, int]) -> list[str]:
    """What the frictionless framework has against the package; its row counts against ours."""
    faults = [f"datapackage.json: {error['message']}" for error in report["errors"]]
    for task in report["tasks"]:
        faults += [f"{task['place']}: {error['message']}" for error in task["errors"]]
        if (rows := task["stats"].get("rows")) != counts.get(task["name"]):
            faults.append(f"{task['place']}: frictionless reads {rows} rows, not {counts.get(task['name'])}")
    if sorted(task["name"] for task in report["tasks"]) != sorted(counts):
        faults.append("datapackage.json: frictionless sees other tables than were written")
    return faults


def _database(folder: Path, package: Package, counts: dict[str, int]) -> list[str]:
    """Where the DuckDB file and the CSV files differ, row by row and value by value."""
    faults = []
    with duckdb.connect() as con:
        con.execute(f"ATTACH {literal(folder / f'{package.name}.duckdb')} AS release (READ_ONLY)")
        for resource in package:
            columns = ", ".join(f"{literal(f.name)}: 'VARCHAR'" for f in resource.fields)
            path = literal(folder / DATA / f"{resource.name}.csv")
            con.execute(
                f"CREATE TEMP TABLE csv_rows AS SELECT COLUMNS(*)::VARCHAR FROM read_csv({path}, header = true, "
                f"delim = ',', quote = '\"', escape = '\"', auto_detect = false, columns = {{{columns}}})"
            )
            texts = ", ".join(
                f"nullif({write(f, f'CAST({name(f.name)} AS {_plain(f.type)})')}, '') AS {name(f.name)}"
                for f in resource.fields
            )
            con.execute(f"CREATE TEMP VIEW file_rows AS SELECT {texts} FROM release.main.{name(resource.name)}")
            for one, other in (("csv_rows", "file_rows"), ("file_rows", "csv_rows")):
                if found := count(con, f"(FROM {one} EXCEPT ALL FROM {other})"):
                    faults.append(f"{resource.name}: {found} rows of {one} are not in {other}")
            for table in ("csv_rows", "file_rows"):
                if (rows := count(con, table)) != counts[resource.name]:
                    faults.append(f"{resource.name}: {table} has {rows} rows, not {counts[resource.name]}")
            con.execute("DROP VIEW file_rows; DROP TABLE csv_rows")
    return faults


def _plain(kind: str) -> str:
    return TYPES[kind].storage


def _zip(folder: Path) -> list[str]:
    faults = []
    for path in folder.glob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                file = entry.filename.removeprefix(f"{path.stem}/")
                if hashlib.sha256(archive.read(entry)).hexdigest() != sha256(folder / file):
                    faults.append(f"{path.name}: {file} is not the file beside it")
    return faults
