"""Verifying a finished release as an independent reader would, from its files alone."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import duckdb

from fmdata.contract import Package, Resource
from fmdata.contract.types import TYPES, write
from fmdata.errors import FmdataError
from fmdata.sql import count, literal, name
from fmdata.writers.archive import SUMS
from fmdata.writers.descriptor import DATA, sha256


class IndependentReader:
    """frictionless in a process of its own, started early and asked once the package stands (`fmdata.independent`)."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "fmdata.independent"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, encoding="utf-8")

    def __enter__(self) -> IndependentReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def read(self, folder: Path) -> None:
        """Let it begin to validate the package at `folder`."""
        if self._process.stdin:
            self._process.stdin.write(f"{folder / 'datapackage.json'}\n")
            self._process.stdin.flush()

    def report(self) -> dict[str, Any]:
        """Wait for its report."""
        output, messages = self._process.communicate()
        try:
            report: dict[str, Any] = json.loads(output)
        except ValueError:
            raise FmdataError(f"frictionless gave no report: {messages}") from None
        return report


def verify(folder: Path, package: Package, counts: dict[str, int], reader: IndependentReader) -> None:
    """Raise `FmdataError` with everything in which the release at `folder` contradicts itself or its contract.

    `reader` has begun to read it.
    """
    faults = [
        *_sums(folder),
        *_database(folder, package, counts),
        *_zip(folder),
        *_frictionless(reader.report(), counts),
    ]
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
        if (rows := task["stats"].get("rows", 0)) != counts.get(task["name"]):
            faults.append(f"{task['place']}: frictionless reads {rows} rows, not {counts.get(task['name'])}")
    if sorted(task["name"] for task in report["tasks"]) != sorted(counts):
        faults.append("datapackage.json: frictionless sees other tables than were written")
    return faults


def _database(folder: Path, package: Package, counts: dict[str, int]) -> list[str]:
    """Where the DuckDB file and the CSV files differ: rows as sets with repetition, values as published texts."""
    faults = []
    with duckdb.connect() as con:
        con.execute(f"ATTACH {literal(folder / f'{package.name}.duckdb')} AS release (READ_ONLY)")
        for resource in package:
            columns = ", ".join(f"{literal(f.name)}: 'VARCHAR'" for f in resource.fields)
            path = literal(folder / DATA / f"{resource.name}.csv")
            in_csv = (
                f"(FROM read_csv({path}, header = true, delim = ',', quote = '\"', escape = '\"', "
                f"auto_detect = false, columns = {{{columns}}}))"
            )
            texts = ", ".join(
                f"nullif({write(f, f'CAST({name(f.name)} AS {TYPES[f.type].storage})')}, '') AS {name(f.name)}"
                for f in resource.fields
            )
            in_file = f"(SELECT {texts} FROM release.main.{name(resource.name)})"
            csv_rows, file_rows = _fingerprint(con, resource, in_csv), _fingerprint(con, resource, in_file)
            if csv_rows[0] != counts[resource.name] or file_rows[0] != counts[resource.name]:
                rows = f"{csv_rows[0]} rows in CSV, {file_rows[0]} in DuckDB, not {counts[resource.name]}"
                faults.append(f"{resource.name}: {rows}")
            elif csv_rows != file_rows:
                differing = count(con, f"(FROM {in_csv} EXCEPT ALL FROM {in_file})")
                faults.append(f"{resource.name}: {differing} rows differ between CSV and DuckDB")
    return faults


def _fingerprint(con: duckdb.DuckDBPyConnection, resource: Resource, rows: str) -> tuple[int, int]:
    """The number of rows and a sum over their hashes, whatever their order."""
    columns = ", ".join(map(name, resource.names()))
    query = f"SELECT count(*), coalesce(sum(hash({columns})::HUGEINT), 0) FROM {rows}"
    found, total = con.execute(query).fetchall()[0]
    return int(found), int(total)


def _zip(folder: Path) -> list[str]:
    faults = []
    for path in folder.glob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                file = entry.filename.removeprefix(f"{path.stem}/")
                if hashlib.sha256(archive.read(entry)).hexdigest() != sha256(folder / file):
                    faults.append(f"{path.name}: {file} is not the file beside it")
    return faults
