"""What a build learns of the CSV files as it loads them, for releases that a test has changed since."""

from __future__ import annotations

from pathlib import Path

from fmdata.contract import Package
from fmdata.recount import Recount
from fmdata.sql import Room, connect
from fmdata.verify_database import Fingerprint
from fmdata.writers.csv import published_parts


def fingerprints(folder: Path, package: Package, room: Room) -> dict[str, Fingerprint]:
    """The fingerprint of each table, as the CSV files of the release at `folder` have it."""
    with connect(room) as con:
        recount = Recount(con, package, dict.fromkeys((resource.name for resource in package), 0))
        for resource in package:
            for rows in published_parts(resource, folder, 1_000):
                recount.look(resource, rows)
        return recount.fingerprints
