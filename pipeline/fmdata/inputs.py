"""Everything that decides what a build makes, by its contents: the project's files, the engine, and what runs it.

A file that was read before is known by its stat, as in git's index, so that an unchanged gigabyte is not read again.
Nothing here may import what takes long to import: an unchanged build says so at once.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from fmdata import __version__

# The distributions whose version may show in a release or in what is let into one; click and rich only talk.
DECIDING = (
    "bibtexparser", "duckdb", "frictionless", "packaging", "pandera", "polars", "pylatexenc", "pyyaml", "rispy",
    "uniseg",
)  # fmt: skip
_ENGINE = Path(__file__).resolve().parent
LINK = "/@"
"""Ends the name of a link: no name of a file can end so."""
# Two seconds: the coarsest time stamps that file systems have are FAT's.
_GRAIN = 2_000_000_000
Place = Path | os.DirEntry[str]
_LeftOut = Callable[[os.DirEntry[str]], bool]


class Seen(NamedTuple):
    """A file as it was seen: the stat it is known by (times in nanoseconds), and the SHA-256 of its contents."""

    size: int
    modified: int
    changed: int
    inode: int
    device: int
    sha256: str


@dataclass(frozen=True)
class Snapshot:
    """Files by name, as they were from the moment `at` on (nanoseconds since 1970). Equal: seen to be the same."""

    at: int = field(compare=False)
    files: dict[str, Seen]

    def contents(self) -> dict[str, str]:
        """The SHA-256 of each file: what counts, whatever happened to its dates."""
        return {name: seen.sha256 for name, seen in self.files.items()}

    def settled(self, name: str) -> bool:
        """Whether a change of the file after `at` would show in its stat.

        A file that was written within a tick of the file system's clock before it was looked at could be written
        again within that tick, to the same length, and keep its stat: git calls such an entry racy. Its contents are
        read again until it is older than that. A restored date hides nothing: the time of the change of a file's
        inode, which nobody can set, is part of its stat.
        """
        seen = self.files[name]
        return max(seen.modified, seen.changed) + _GRAIN < self.at


@dataclass(frozen=True)
class Inputs:
    """What decides a build: the files of the project, those of the engine, and versions and options in `setting`."""

    project: Snapshot
    engine: Snapshot
    setting: dict[str, Any]

    def decide_as(self, other: Inputs) -> bool:
        """Whether they make the same release."""
        return (self.project.contents(), self.engine.contents(), self.setting) == (
            other.project.contents(),
            other.engine.contents(),
            other.setting,
        )


def look(root: Path, options: Mapping[str, Any], known: Inputs | None) -> Inputs:
    """The inputs of a build of `root` as they are now; files that are as `known` are not read again.

    `options` are those that change what is published, as JSON has them. Raises `OSError` where there is something that
    cannot be taken for a file with contents: a folder behind a link, a pipe, a file that is gone before it is read.
    """
    setting = {"versions": _versions(), "options": dict(options)}
    return Inputs(
        take(of_project(root), known.project if known else None),
        take(below(_ENGINE, left_out=_is_cache), known.engine if known else None),
        setting,
    )


def take(
    files: Iterable[tuple[str, Place]], known: Snapshot | None = None, digests: Mapping[str, str] | None = None
) -> Snapshot:
    """The named files; those that are as they are `known`, or have `digests`, are not read.

    Raises `OSError` as `look` does.
    """
    # The one clock of the core: nothing that is published depends on it.
    at, taken = time.time_ns(), {}
    for name, place in files:
        found = place.stat()
        if not stat.S_ISREG(found.st_mode):
            raise OSError(f"{name}: not a file")
        shape = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev)
        before = known.files.get(name) if known else None
        if known and before and before[:5] == shape and known.settled(name):
            taken[name] = before
        elif digests and name in digests:
            taken[name] = Seen(*shape, digests[name])
        else:
            with Path(place).open("rb") as stream:
                taken[name] = Seen(*shape, hashlib.file_digest(stream, "sha256").hexdigest())
    return Snapshot(at, taken)


def below(folder: Path | str, shown: str = "", left_out: _LeftOut | None = None) -> Iterator[tuple[str, Place]]:
    """Name and place of everything below `folder` that is no folder; names begin with `shown`.

    Links are named as such: a file and a link to one are two things, even with the same contents.
    """
    with os.scandir(folder) as entries:
        for entry in entries:
            if left_out and left_out(entry):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from below(entry.path, f"{shown}{entry.name}/", left_out)
            else:
                yield f"{shown}{entry.name}{LINK if entry.is_symlink() else ''}", entry


def of_project(root: Path) -> Iterator[tuple[str, Place]]:
    """What a build reads, and what would stop it, by names from the root. What is missing is left to the build to tell.

    Raises `OSError` for a folder behind a link.
    """
    for name in _FILES:
        path = root / name
        if path.is_symlink() or path.exists():
            yield name + (LINK if path.is_symlink() else ""), path
    for name, left_out in _FOLDERS.items():
        folder = root / name
        if folder.is_symlink():
            raise OSError(f"{name}: a link")
        if folder.exists():
            yield from below(folder, f"{name}/", left_out)


def _is_hidden(entry: os.DirEntry[str]) -> bool:
    """As extracts are looked for: hidden files and folders are nothing to a build, but a link to a file stops it."""
    return entry.name.startswith(".") and (not entry.is_symlink() or entry.is_dir())


def _is_cache(entry: os.DirEntry[str]) -> bool:
    """Nothing of a pipeline is left out but what Python makes of it, and the engine, which is looked at anyway."""
    return entry.name == "__pycache__" or entry.path == str(_ENGINE)


_FILES = ("datapackage.json", "LICENSE", "CHANGELOG.md")
_FOLDERS = {"raw": _is_hidden, "pipeline": _is_cache, "dist/releases": _is_hidden}


def _versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    versions = {
        "fmdata": __version__,
        "python": f"{sys.implementation.name} {sys.version}",
        "platform": f"{sys.platform} {os.uname().machine}",
        # The bytes of a zip are its doing.
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
    }
    for distribution in DECIDING:
        try:
            versions[distribution] = version(distribution)
        except PackageNotFoundError:
            versions[distribution] = "unknown"
    return versions
