"""What is otherwise in a large release than in a small one, in words: it is told wherever the release is described."""

from __future__ import annotations

from pathlib import Path

from fmdata.contract import Package
from fmdata.contract.roles import log_of
from fmdata.writers.archive import is_zipped
from fmdata.writers.as_of import keeps
from fmdata.writers.ddl import unkeyed


def sampled(package: Package, counts: dict[str, int]) -> list[str]:
    """The tables that frictionless reads a sample of."""
    return [name for name, rows in counts.items() if rows > package.limits.validation]


def untold(package: Package, counts: dict[str, int]) -> list[str]:
    """The tables whose history is left out of a release that has one."""
    log = log_of(package)
    return [name for name in counts if log and name != log.name and name not in keeps(package, counts)]


def remarks_on(package: Package, folder: Path, counts: dict[str, int]) -> tuple[str, ...]:
    """A sentence for each thing that the contract's limits keep from the release at `folder`; none for a small one."""
    remarks = []
    if tables := sampled(package, counts):
        remarks.append(
            f"{', '.join(tables)}: frictionless read the header and a seeded sample of "
            f"{package.limits.validation:,} rows; every row was checked by the build, counted "
            "again, and compared between CSV and DuckDB."
        )
    if tables := unkeyed(package, counts):
        remarks.append(f"{', '.join(tables)}: the keys were checked, but the DuckDB file does not enforce them.")
    if tables := untold(package, counts):
        remarks.append(f"{', '.join(tables)}: without a history in the release, and not to be asked as of a version.")
    if not is_zipped(package, folder):
        remarks.append("There is no zip of so large a release: take the files one by one.")
    return tuple(remarks)
