"""The frozen release that is cited: one that stands in `dist/releases/`, so that its rows can be had again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fmdata.contract import Package
from fmdata.errors import FmdataError
from fmdata.history import RELEASES, opened
from fmdata.history.releases import faults
from fmdata.history.versions import is_version
from fmdata.reader import reading
from fmdata.sql import scalar

LATEST = "latest"


class Missing(FmdataError):
    """The release that was cited is not there."""


@dataclass(frozen=True)
class Archived:
    """A frozen release: its contract, its content hash and its DuckDB file."""

    package: Package
    content: str
    database: Path

    @property
    def released(self) -> str:
        """The date of the release, which stands for when a query of it was asked: its rows never change after it."""
        return str(self.package.descriptor.get("created", ""))[:10]


def expect_place(place: str) -> None:
    """Raise `FmdataError` for what names no release of a project: neither a version nor the current build."""
    if place != LATEST and not is_version(place):
        raise FmdataError(f"{place}: no version; expected a released one, e.g. 1.0.0, or {LATEST}.")


@contextmanager
def archived(place: str, root: Path, scratch: Path) -> Iterator[Archived]:
    """The frozen release of a version, or the one that the current build (`latest`) is.

    Raises `Missing` if it was never released, `FmdataError` if it is not what was released.
    """
    expect_place(place)
    current = None
    if place == LATEST:
        with opened(LATEST, root, scratch) as build:
            current, place = build.content, str(build.version)
    folder = root / RELEASES / place
    if current and not folder.is_dir():
        found = f"the current build says {place}, which is not released, so that nobody could get its rows again"
        raise FmdataError(f"{found}. Release it first, cite a released version with --release, or the dataset alone.")
    if not folder.is_dir():
        raise Missing(f"{RELEASES}/{place}: this version is not there. Get its release, or cite one that is.")
    for fault in faults(folder):
        raise FmdataError(f"{RELEASES}/{place}/{fault}. What is released is never changed: restore it.")
    with opened(place, root, scratch) as frozen:
        if current not in (None, frozen.content):
            found = f"the current build says {place}, but its content is not that of the released {place}"
            raise FmdataError(f"{found}. Release it under a version of its own, or cite --release {place}.")
        database = folder / f"{frozen.package.name}.duckdb"
        with reading(database) as con:
            if scalar(con, "SELECT content_hash FROM _release") != frozen.content:
                raise FmdataError(f"{database}: its content is not that of the zip beside it. Restore both.")
        yield Archived(frozen.package, frozen.content, database)
