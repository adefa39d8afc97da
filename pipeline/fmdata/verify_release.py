"""Verifying a release from the download alone: sums, schema, keys, and that CSV and DuckDB files say the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from fmdata.checks import check_keys
from fmdata.contract import Package
from fmdata.errors import FmdataError
from fmdata.failing import listed
from fmdata.history.published import DESCRIPTOR, Published, at_folder, place_of
from fmdata.history.releases import CHANGES, parts
from fmdata.history.unpack import reading_zip
from fmdata.independent import IndependentReader
from fmdata.progress import Progress, Step
from fmdata.recount import Recount
from fmdata.sql import Room, connect, literal, name
from fmdata.verify import check_sums, compare, faults_of_reader
from fmdata.verify_database import Fingerprint
from fmdata.writers.archive import SUMS, digests, read_sums
from fmdata.writers.csv import published_parts
from fmdata.writers.remarks import sampled


@dataclass(frozen=True)
class Verified:
    """What was looked at in a release, and everything that is wrong with it."""

    release: Published
    counts: dict[str, int]
    faults: list[str]


def verify_release(place: str, root: Path, room: Room, reader: IndependentReader, progress: Progress) -> Verified:
    """Verify the release that `place` names: a released version of the project at `root`, a folder, or a zip.

    Its files alone are asked: those of a released version as they are kept, or those of the whole package. Raises
    `FmdataError` where there is no release, and for a zip that cannot be trusted.
    """
    found = place_of(place, root)
    faults: list[str] = []
    folder = found
    if found.is_file():
        if found.parent.joinpath(CHANGES).is_file() and not found.parent.joinpath(DESCRIPTOR).is_file():
            faults += _kept(found)
        folder = room.scratch / "package"
        with reading_zip(found, place) as archive:
            for member in archive:
                archive.unpack(member, folder)
    release = at_folder(folder, place)
    if found.is_file():
        faults += _same(found.parent, release)
    progress(Step("verifying the release"))
    counts = {resource.name: release.rows(resource.name) for resource in release.package}
    faults += check_sums(folder)
    with connect(room.part(0.4), threads="1") as con:
        in_csv, read = _read(con, release, counts, room, reader)
    faults += compare(folder, release.package, counts, in_csv, room.part(0.4))
    with connect(room.part(0.4)) as con:
        faults += _keys(con, release)
    return Verified(release, counts, [*faults, *faults_of_reader(reader.report(), read)])


def _kept(packed: Path) -> list[str]:
    """Where a released version, as it is kept, is not what its own sums say."""
    folder = packed.parent
    if not (folder / SUMS).is_file():
        return [f"{SUMS}: there is none beside {packed.name}"]
    told, there = dict(read_sums(folder)), {path.name for path in folder.iterdir()} - {SUMS}
    faults = [f"{file}: {SUMS} does not list it" for file in sorted(there - told.keys())]
    faults += [f"{file}: it is missing" for file in sorted(told.keys() - there)]
    found = digests(folder, sorted(told.keys() & there))
    return faults + [f"{file}: its SHA-256 is not the one in {SUMS}" for file in found if found[file] != told[file]]


def _same(kept: Path, release: Published) -> list[str]:
    """Where what stands beside a zip is not what it holds."""
    names = [file for file in parts(release.package.name, release.version) if not file.endswith((SUMS, ".zip"))]
    both = [file for file in names if (kept / file).is_file() and (release.folder / file).is_file()]
    outside, inside = digests(kept, both), digests(release.folder, both)
    return [f"{file}: it is not the one in the zip" for file in both if outside[file] != inside[file]]


def _read(
    con: duckdb.DuckDBPyConnection, release: Published, counts: dict[str, int], room: Room, reader: IndependentReader
) -> tuple[dict[str, Fingerprint], dict[str, int]]:
    """The fingerprints of the CSV files, and how many rows of each table frictionless is given."""
    recount = Recount(con, release.package, counts)
    large = sampled(release.package, counts)
    if not large:
        reader.read(release.folder)
    for resource in release.package:
        for part in published_parts(resource, release.folder, counts[resource.name]):
            recount.look(resource, part)
    if not large:
        return recount.fingerprints, counts
    read = recount.write_sample(release.folder, room.scratch / "sample")
    reader.read(room.scratch / "sample")
    return recount.fingerprints, read


def _keys(con: duckdb.DuckDBPyConnection, release: Published) -> Iterator[str]:
    """Rows whose key stands twice, or leads nowhere."""
    database = release.folder / f"{release.package.name}.duckdb"
    con.execute(f"ATTACH {literal(database)} AS release (READ_ONLY); CREATE SCHEMA looked")
    for resource in release.package:
        own = name(resource.name)
        con.execute(
            f"CREATE VIEW looked.{own} AS SELECT *, 'data/{resource.name}.csv' AS _file, rowid + 2 AS _line "
            f"FROM release.main.{own}"
        )
    for resource in release.package:
        yield from map(str, listed(check_keys(con, "looked", resource)))
