"""What changed in a release that is being made since the one before: judged, written, and kept as its history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import duckdb

from fmdata.changelog import dates, dois
from fmdata.contract import Package, Resource
from fmdata.contract.roles import log_of, with_role
from fmdata.corrections import ACCEPTED, ROLE
from fmdata.errors import Failure
from fmdata.extracts import manifest
from fmdata.failures import Failures
from fmdata.history.kept_keys import lost_keys
from fmdata.history.log import Cell, add, inherit
from fmdata.history.machine import as_json, of_the_first
from fmdata.history.releases import CHANGES
from fmdata.history.since import compared, known, since
from fmdata.progress import Progress
from fmdata.sql import Room, connect, count, name
from fmdata.tombstones import tombstones
from fmdata.writers.archive import digests
from fmdata.writers.csv import DATA, append_csv
from fmdata.writers.descriptor import content_hash, write_descriptor

# How many failures are put aside together.
_TOGETHER = 10_000


def dated(package: Package) -> Package:
    """The contract with what is known of its releases: date and DOI of its version, and the versions before it.

    Raises what `known` raises, and `FmdataError` for a changelog that cannot be read.
    """
    told: dict[str, object] = {}
    if date := dates(package.root).get(package.version):
        told["created"] = f"{date}T00:00:00Z"
    if doi := dois(package.root).get(package.version):
        told["doi"] = doi
    if before := [str(version) for version in known(package) if str(version) != package.version]:
        told["releases"] = before
    return replace(package, descriptor={**package.descriptor, **told})


def write_changes(
    con: duckdb.DuckDBPyConnection,
    package: Package,
    folder: Path,
    counts: dict[str, int],
    room: Room,
    progress: Progress,
) -> dict[str, int]:
    """Write `folder/changes.json`, and the history if the contract asks for it; returns the rows of each table.

    The CSV files stand in `folder/data/`, that of the history without a row. Raises `FmdataError` for a version that is
    too low for what changed, and `CheckError` for keys that are gone without a tombstone.
    """
    log = log_of(package)
    with since(package, room.scratch) as base, connect(room) as aside:
        if base.before and log:
            inherit(con, log, base.before)
            counts = _write_log(con, log, folder, counts)
        if not base:
            lines = of_the_first(package)
        else:
            write_descriptor(package, folder, counts)
            found = compared(aside, base, folder, progress)
            if found is None:
                lines = of_the_first(package)
            else:
                _refuse_lost(lost_keys(found[0], tombstones(con, package), manifest(package)), package)
                if log:
                    add(con, log, found[0], package.version, _reasons(con, package))
                    counts = _write_log(con, log, folder, counts)
                new = replace(found[0].new, content=_content(folder, counts))
                lines = as_json(replace(found[0], new=new), found[1])
        with (folder / CHANGES).open("w", encoding="utf-8") as stream:
            stream.writelines(f"{line}\n" for line in lines)
    return counts


def _refuse_lost(keys: Iterator[Failure], package: Package) -> None:
    """Raise `CheckError` for keys that are gone, of which there may be very many."""
    with Failures(package.root) as lost:
        while some := [*islice(keys, _TOGETHER)]:
            lost.extend(some)
        lost.raise_any()


def _write_log(con: duckdb.DuckDBPyConnection, log: Resource, folder: Path, counts: dict[str, int]) -> dict[str, int]:
    """Write the CSV file of the history anew."""
    table = f"main.{name(log.name)}"
    (folder / DATA / f"{log.name}.csv").unlink()
    append_csv(con, log, table, folder, folder)
    return {**counts, log.name: count(con, table)}


def _content(folder: Path, counts: Iterable[str]) -> str:
    """The content hash of the release."""
    return content_hash(digests(folder, (f"{DATA}/{table}.csv" for table in counts)))


def _reasons(con: duckdb.DuckDBPyConnection, package: Package) -> dict[Cell, str]:
    """Why cells were corrected, and why rows are gone."""
    reasons: dict[Cell, str] = {}
    if table := with_role(package, ROLE):
        query = f"SELECT table_name, row_key, column_name, reason FROM main.{name(table.name)} WHERE status = $1"
        reasons |= {(of, key, column): why for of, key, column, why in con.execute(query, [ACCEPTED]).fetchall()}
    return reasons | {(*row, ""): told[0] for row, told in tombstones(con, package).items()}
