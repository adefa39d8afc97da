"""What a build is compared with, and what follows: its history, its least version, and the keys that it must not lose.

The base is the newest release before the declared version, so that a released version can be built again from its
commit, to the same bytes. What is released under the declared version itself must be the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from fmdata.contract import Package
from fmdata.errors import FmdataError
from fmdata.history.bump import Minimum, minimum
from fmdata.history.difference import Difference, difference
from fmdata.history.published import RELEASES, Published, at_folder, opened
from fmdata.history.releases import expect_untouched, released
from fmdata.history.text import as_text
from fmdata.history.versions import Version, parse
from fmdata.progress import Progress

_SHOWN = 5


@dataclass(frozen=True)
class Since:
    """The releases that a build is compared with: the newest `before` its version, and the `same` version, if any."""

    before: Published | None
    same: Published | None

    def __bool__(self) -> bool:
        return bool(self.before or self.same)


def known(package: Package) -> list[Version]:
    """The released versions of a project, whose files were looked at.

    Raises `FmdataError` if the declared version comes before one of them, and for a release that was tampered with.
    """
    versions = released(package.root)
    if versions and (declared := parse(package.version, package.path)) < versions[-1]:
        found = f"the version {declared} comes before {versions[-1]}, which is released"
        raise FmdataError(f"{package.path}: {found}. Raise it to {versions[-1]} or higher.")
    expect_untouched(package.root, versions)
    return versions


@contextmanager
def since(package: Package, scratch: Path) -> Iterator[Since]:
    """Open the releases of a project that its build is compared with.

    Raises `FmdataError` for one that is not whole, and where one is missing.
    """
    versions = released(package.root)
    if not versions:
        yield Since(None, None)
        return
    declared = parse(package.version, package.path)
    earlier = [version for version in versions if version < declared]
    with _release(package, earlier[-1:], scratch) as before, _release(package, versions[-1:], scratch) as last:
        _expect_all(before, versions)
        yield Since(before, last if last and last.version == declared else None)


def _expect_all(before: Published | None, versions: Sequence[Version]) -> None:
    """Raise `FmdataError` where a release is gone that a later one was made after: its history would be cut short."""
    for version in before.package.descriptor.get("releases", []) if before else ():
        if version not in map(str, versions):
            found = f"the release is missing, though {before.version if before else ''} was made after it"
            raise FmdataError(f"{RELEASES}/{version}: {found}. Restore it.")


@contextmanager
def _release(package: Package, versions: Sequence[Version], scratch: Path) -> Iterator[Published | None]:
    """The release of the one version there may be."""
    if not versions:
        yield None
        return
    with opened(str(versions[0]), package.root, scratch) as found:
        yield found


def compared(
    con: duckdb.DuckDBPyConnection, since: Since, folder: Path, progress: Progress
) -> tuple[Difference, Minimum] | None:
    """What changed in the release at `folder` since the one before it, and the least version that it asks for.

    None where there is none before. Raises `FmdataError` if its version is lower than that, or if it is released with
    other contents: with the changes that ask for more.
    """
    made = at_folder(folder, "this build")
    for base in filter(None, (since.same, since.before)):
        if base is since.same and _is(made, base):
            continue
        found = difference(con, base, made, progress)
        least = minimum(base.version, found)
        if made.version < least.version:
            raise FmdataError(_too_low(found, least))
        if base is since.before:
            return found, least
    return None


def _is(made: Published, base: Published) -> bool:
    """Whether two releases have the same tables and the same contract."""
    return made.content == base.content and made.package.descriptor == base.package.descriptor


def _too_low(found: Difference, least: Minimum) -> str:
    version, base = found.new.version, found.old.version
    words = f"the version {version} is released already" if version == base else f"the version {version} is too low"
    lines = "\n".join(as_text(found, least, _SHOWN))
    advice = f"Set the version to {least.version} or higher, or take the changes back"
    return f"datapackage.json: {words}; what changed since {base} asks for {least.version}. {advice}.\n\n{lines}"
