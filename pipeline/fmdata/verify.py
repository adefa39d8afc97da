"""Verifying a finished release as an independent reader would, from its files alone."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import duckdb

from fmdata.contract import Package
from fmdata.contract.types import TYPES, write
from fmdata.errors import FmdataError
from fmdata.sql import count, literal, name
from fmdata.writers.archive import SUMS
from fmdata.writers.descriptor import DATA, sha256


def verify(folder: Path, package: Package, counts: dict[str, int]) -> None:
    """Raise `FmdataError` with everything in which the release at `folder` contradicts itself or its contract."""
    faults = [*_sums(folder), *_frictionless(folder, counts), *_database(folder, package, counts), *_zip(folder)]
    if faults:
        raise FmdataError("the release does not verify, so nothing was published:\n" + "\n".join(faults))


def _sums(folder: Path) -> list[str]:
    faults = []
    for line in (folder / SUMS).read_text(encoding="utf-8").splitlines():
        digest, _, file = line.partition("  ")
        if sha256(folder / file) != digest:
            faults.append(f"{file}: its SHA-256 is not the one in {SUMS}")
    return faults


def _frictionless(folder: Path, counts: dict[str, int]) -> list[str]:
    """What the frictionless framework has against the package; its row counts against ours."""
    import frictionless

    report = frictionless.validate(str(folder / "datapackage.json"))
    faults = [f"datapackage.json: {error.message}" for error in report.errors]
    for task in report.tasks:
        faults += [f"{task.place}: {error.message}" for error in task.errors]
        if task.stats.get("rows") != counts[task.name] and not task.errors:
            faults.append(f"{task.place}: frictionless reads {task.stats.get('rows')} rows, not {counts[task.name]}")
    if {task.name for task in report.tasks} != counts.keys():
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
