"""Releasing a version: the current build frozen in `dist/releases/<version>/`, for good.

A release is made of a build and of nothing else, so that anyone can build it again: its date stands in the changelog,
which is one of the build's inputs, before the build that is frozen.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from fmdata.changelog import FILE, dates, dois, read, with_release
from fmdata.contract import load
from fmdata.errors import FmdataError
from fmdata.history import RELEASES
from fmdata.history.releases import CHANGES, parts, released
from fmdata.history.summary import summary
from fmdata.history.versions import Version, parse
from fmdata.progress import Progress
from fmdata.record import Release, start, unchanged
from fmdata.release import build
from fmdata.swap import replace_files, staging, swap
from fmdata.writers.archive import SUMS, digests

_INPUTS = ("raw", "pipeline", "datapackage.json", "LICENSE")


@dataclass(frozen=True)
class Frozen:
    """A version that was released, its date and its folder; `changes` are what the changelog says of its data."""

    version: Version
    date: str
    folder: Path
    changes: tuple[str, ...]


def freeze(root: Path, date: str, progress: Progress, memory: int, parquet: bool = False, doi: str = "") -> Frozen:
    """Release the declared version of the project at `root`, dated `date`, with a DOI if one is given.

    The DOI goes where the date does, into the changelog: it is a version's own, and whoever builds the commit has it.
    Raises `FmdataError` if it is released already or comes before a released one, if inputs were changed since they
    were committed, if the changelog has another date or DOI for it, and what a build raises. Whatever fails, changelog
    and releases stay as they were.
    """
    package = load(root)
    version = parse(package.version, "datapackage.json")
    if version in released(root):
        advice = "Raise the version in datapackage.json; what is released is never changed"
        raise FmdataError(f"{RELEASES}/{version}: the version {version} is released already. {advice}.")
    _refuse_uncommitted(root)
    before = read(root)
    if (known := dates(root).get(str(version), date)) != date:
        raise FmdataError(f"{FILE}: the version {version} is dated {known}, not {date}. Give that date, or correct it.")
    if doi:
        _refuse_other_doi(root, str(version), doi)

    options = {"parquet": parquet}

    def built() -> Release:
        return build(root, progress, memory, start(root, options), parquet)

    first = built().folder
    if not (first / f"{package.name}-{version}.zip").is_file():
        raise FmdataError(f"{first}: the build has no zip; a release needs it. Raise the limit zip.")
    changes, target = tuple(summary(first / CHANGES)), root / RELEASES / str(version)
    try:
        if str(version) not in dates(root):
            replace_files({root / FILE: with_release(before, str(version), date, changes, doi)})
        made = built()
        with staging(root / "dist") as aside:
            now = start(root, options)
            if now.inputs and unchanged(now) is None:
                raise FmdataError(f"{made.folder}: it is not what was built: somebody was at work here. Release again.")
            target.parent.mkdir(exist_ok=True)
            _copy(made.folder, aside / "release", package.name, version)
            swap(aside / "release", target)
    except BaseException:
        if not target.exists():
            replace_files({root / FILE: before})
        raise
    return Frozen(version, date, target, changes)


def _refuse_other_doi(root: Path, version: str, doi: str) -> None:
    """Raise `FmdataError` for a DOI that another version has, or that a version with a part of its own has not."""
    known = dois(root)
    if known.get(version, doi) != doi:
        raise FmdataError(f"{FILE}: the version {version} has the DOI {known[version]}, not {doi}. Correct one.")
    if other := next((name for name, found in known.items() if found == doi and name != version), None):
        raise FmdataError(f"{FILE}: {doi} is the DOI of the version {other}; expected one of its own for {version}.")
    if version not in known and version in dates(root):
        line = f"DOI: https://doi.org/{doi}"
        raise FmdataError(f'{FILE}: the part of the version {version} has no DOI. Add the line "{line}" to it.')


def _copy(latest: Path, target: Path, name: str, version: Version) -> None:
    """Copy what a release consists of, with sums of its own."""
    target.mkdir()
    copied = [file for file in parts(name, version) if file != SUMS]
    for file in copied:
        shutil.copyfile(latest / file, target / file)
    sums = digests(target, copied)
    (target / SUMS).write_text("".join(f"{sums[file]}  {file}\n" for file in copied), encoding="utf-8")


def _refuse_uncommitted(root: Path) -> None:
    """Raise `FmdataError` for inputs that are not as they were committed, where there are commits."""
    command = ["git", "-C", str(root), "status", "--porcelain", "--", *_INPUTS]
    try:
        told = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace")
    except OSError:
        # Without git there is no commit to build it again from, and nobody was promised one.
        return
    if changed := told.stdout.splitlines() if told.returncode == 0 else []:
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        advice = "Commit first, so that the release can be built again from its commit"
        raise FmdataError(f"{changed[0][3:]}{more}: changed since the last commit. {advice}.")
