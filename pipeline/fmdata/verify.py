"""Verifying a finished release as an independent reader would, from its files alone."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

from fmdata.contract import Package
from fmdata.errors import FmdataError
from fmdata.independent import IndependentReader
from fmdata.sql import Room
from fmdata.verify_database import Fingerprint, verify_database
from fmdata.verify_parquet import verify_parquet
from fmdata.writers.archive import SUMS, digests, files, is_zipped, read_sums, sha256
from fmdata.writers.shape import Shape


def compare(
    folder: Path, package: Package, counts: dict[str, int], in_csv: dict[str, Fingerprint], shape: Shape, room: Room
) -> list[str]:
    """Where the DuckDB file and the Parquet files of the release at `folder` are not what its CSV files say.

    `in_csv` has the fingerprints of these; `shape` is what the DuckDB file should have.
    """
    return [
        *verify_database(folder, package, counts, in_csv, shape, room),
        *verify_parquet(folder, package, counts, in_csv, room),
    ]


def verify(
    folder: Path,
    package: Package,
    counts: dict[str, int],
    reader: IndependentReader,
    read: dict[str, int],
    compared: list[str],
    sums: list[str],
) -> None:
    """Raise `FmdataError` with everything in which the release at `folder` contradicts itself or its contract.

    `reader` has begun to read the rows `read` of each table of it; `compared` is what `compare` found, `sums` what
    `check_sums` did.
    """
    faults = [
        *compared,
        *sums,
        *_descriptor(folder, counts),
        *_zip(folder, package),
        *faults_of_reader(reader.report(), read),
    ]
    if faults:
        raise FmdataError("the release does not verify, so nothing was published:\n" + "\n".join(faults))


def check_sums(folder: Path) -> list[str]:
    """Where SHA256SUMS does not list each file of the release, once and rightly."""
    listed = read_sums(folder)
    there = files(folder)
    faults = [f"{SUMS}: it does not list the files of the release"] if [file for file, _ in listed] != there else []
    found = digests(folder, there)
    wrong = (file for file, digest in listed if found.get(file, digest) != digest)
    return faults + [f"{file}: its SHA-256 is not the one in {SUMS}" for file in wrong]


def _descriptor(folder: Path, counts: dict[str, int]) -> list[str]:
    """Where the descriptor on disk tells other tables or counts than were written."""
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    told = {resource["name"]: resource["rowCount"] for resource in descriptor["resources"]}
    return [] if told == counts else ["datapackage.json: its tables and row counts are not those that were written"]


def faults_of_reader(report: dict[str, Any], counts: dict[str, int]) -> list[str]:
    """What the frictionless framework has against the package; its row counts against ours."""
    faults = [f"datapackage.json: {error['message']}" for error in report["errors"]]
    for task in report["tasks"]:
        faults += [f"{task['place']}: {error['message']}" for error in task["errors"]]
        if (rows := task["stats"].get("rows", 0)) != counts.get(task["name"]):
            faults.append(f"{task['place']}: frictionless reads {rows} rows, not {counts.get(task['name'])}")
    if sorted(task["name"] for task in report["tasks"]) != sorted(counts):
        faults.append("datapackage.json: frictionless sees other tables than were written")
    return faults


def _zip(folder: Path, package: Package) -> list[str]:
    """Where the one zip does not hold each file of the release, byte for byte."""
    found = list(folder.glob("*.zip"))
    if not is_zipped(package, folder):
        return [f"there are {len(found)} zip files; expected none of so large a release"] if found else []
    if len(found) != 1:
        return [f"there are {len(found)} zip files; expected one"]
    stem, faults = found[0].stem, []
    with zipfile.ZipFile(found[0]) as archive:
        if archive.namelist() != [f"{stem}/{file}" for file in sorted([*files(folder), SUMS])]:
            faults.append(f"{stem}.zip: it does not hold the files of the release")
        for entry in archive.namelist():
            file = entry.removeprefix(f"{stem}/")
            if (folder / file).is_file() and hashlib.sha256(archive.read(entry)).hexdigest() != sha256(folder / file):
                faults.append(f"{stem}.zip: {file} is not the file beside it")
    return faults
