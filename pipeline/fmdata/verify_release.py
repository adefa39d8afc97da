"""Verifying a release from the download alone: sums, schema, keys, and that CSV and DuckDB files say the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from fmdata.checks import check_keys
from fmdata.failing import listed
from fmdata.history.published import Published, at_folder, place_of, whole
from fmdata.history.releases import faults, parts
from fmdata.independent import IndependentReader
from fmdata.progress import Progress, Step
from fmdata.recount import Recount
from fmdata.sql import Room, connect, literal, name
from fmdata.verify import check_sums, compare, faults_of_reader
from fmdata.verify_database import Fingerprint
from fmdata.writers.archive import SUMS, digests
from fmdata.writers.csv import published_parts
from fmdata.writers.remarks import sampled
from fmdata.writers.shape import shape_of_contract


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
    told: list[str] = []
    # A released version is kept as a zip with more beside it; whoever names a zip has that alone.
    is_kept = found.is_file() and not Path(place).is_file()
    folder = whole(place, root, room.scratch / "package")
    release = at_folder(folder, place)
    if is_kept:
        told += [*faults(found.parent), *_same(found.parent, release)]
    progress(Step("verifying the release"))
    counts = {resource.name: release.rows(resource.name) for resource in release.package}
    with _readable(SUMS, told):
        told += check_sums(folder)
    with connect(room.part(0.4), threads="1") as con:
        in_csv, read = _read(con, release, counts, room, reader)
    with _readable(f"{release.package.name}.duckdb", told):
        shape = shape_of_contract(release.package, counts, room.part(0.4))
        told += (differing := compare(folder, release.package, counts, in_csv, shape, room.part(0.4)))
        if not differing:
            with connect(room.part(0.4)) as con:
                told += _keys(con, release)
    return Verified(release, counts, [*told, *faults_of_reader(reader.report(), read)])


@contextmanager
def _readable(file: str, told: list[str]) -> Iterator[None]:
    """Tells as a fault that a file is missing, or none of its kind."""
    try:
        yield
    except (OSError, UnicodeDecodeError, duckdb.Error) as error:
        told.append(f"{file}: it cannot be read ({str(error).splitlines()[0]})")


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
    """Rows whose key stands twice or leads nowhere, and a DuckDB file that is of another release."""
    database = release.folder / f"{release.package.name}.duckdb"
    con.execute(f"ATTACH {literal(database)} AS release (READ_ONLY); CREATE SCHEMA looked")
    # Whoever made the file may have put a view where a table should be.
    con.execute("SET enable_external_access = false")
    for resource in release.package:
        own = name(resource.name)
        con.execute(
            f"CREATE VIEW looked.{own} AS SELECT *, 'data/{resource.name}.csv' AS _file, rowid + 2 AS _line "
            f"FROM release.main.{own}"
        )
    told = con.execute("SELECT name, version, content_hash FROM release.main._release").fetchall()
    if told != [(release.package.name, release.package.version, release.content)]:
        yield f"{database.name}: its _release tells of other contents"
    for resource in release.package:
        yield from map(str, listed(check_keys(con, "looked", resource)))
