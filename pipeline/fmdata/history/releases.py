"""The releases of a project: which versions are frozen in `dist/releases/`, and what each of them consists of."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from fmdata.errors import FmdataError
from fmdata.history.published import RELEASES
from fmdata.history.versions import Version, is_version, parse
from fmdata.writers.archive import SUMS, digests, read_sums

CHANGES = "changes.json"


def parts(name: str, version: Version) -> tuple[str, ...]:
    """The files of a release, sorted: the zip with the whole package, the DuckDB file, its changes and its sums."""
    return tuple(sorted((f"{name}-{version}.zip", f"{name}.duckdb", CHANGES, SUMS)))


def released(root: Path) -> list[Version]:
    """The versions that were released, in their order. Raises `FmdataError` for what else lies among them."""
    folder = root / RELEASES
    names = [path.name for path in folder.iterdir() if not path.name.startswith(".")] if folder.is_dir() else []
    for name in sorted(names):
        if not is_version(name) or (folder / name).is_symlink() or not (folder / name).is_dir():
            expected = "folders named by a version alone"
            raise FmdataError(f"{RELEASES}/{name}: not a release; expected {expected}. Move it away.")
    return sorted(parse(name, RELEASES) for name in names)


def faults(folder: Path) -> list[str]:
    """Where a released version, in its folder, is not what its own sums say."""
    there = {path.name for path in folder.iterdir()}
    if SUMS not in there:
        return [f"{SUMS}: it is missing"]
    told = dict(read_sums(folder))
    kinds = sorted(file if file == CHANGES else Path(file).suffix for file in told)
    found = [] if kinds == [".duckdb", ".zip", CHANGES] else [f"{SUMS}: it does not list the files of a release"]
    found += [f"{file}: {SUMS} does not list it" for file in sorted(there - told.keys() - {SUMS})]
    found += [f"{file}: it is missing" for file in sorted(told.keys() - there)]
    sums = digests(folder, sorted(told.keys() & there))
    return found + [f"{file}: its SHA-256 is not the one in {SUMS}" for file in sums if sums[file] != told[file]]


def expect_untouched(root: Path, versions: Iterable[Version]) -> None:
    """Raise `FmdataError` for a released version whose files are not what they were."""
    for version in versions:
        for fault in faults(root / RELEASES / str(version)):
            raise FmdataError(f"{RELEASES}/{version}/{fault}. What is released is never changed: restore it.")
