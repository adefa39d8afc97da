"""A project as it would be with some files of raw/ changed: made and checked aside, before anything is written."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fmdata.anchor import anchor
from fmdata.contract import Package, load
from fmdata.contract.load import with_version
from fmdata.contract.roles import CHANGES as LOG
from fmdata.errors import CheckError, FmdataError
from fmdata.history import Bump, Difference, RowChanges, at_folder, difference, parse
from fmdata.history.releases import CHANGES, released
from fmdata.independent import IndependentReader
from fmdata.inputs import LINK, of_project
from fmdata.progress import Progress
from fmdata.reader import LATEST
from fmdata.record import start, touched
from fmdata.release import BESIDE, LEAST, make
from fmdata.sql import connect, interruptible, room
from fmdata.swap import replace_files, staging

# What decides which rows a build makes.
_OF_ROWS = ("raw/", "pipeline/", "datapackage.json")
UNANCHORED = frozenset({"no anchor", "value not in its passage"})
"""The rules that a project breaks whose anchors are older than its rows."""


@dataclass(frozen=True)
class Proposal:
    """What a project would be: its release was made, so that all checks hold. It lives as long as what it was made in.

    `texts` are the files that change, from the root; `since_build` is what differs from the current build, None where
    there is none to compare with; `changed` are the files from which rows are made that were changed since that build,
    as far as it is known; `changes` is what the release says of itself (`changes.json`).
    """

    package: Package
    texts: dict[str, str]
    since_build: Difference | None
    changed: list[str]
    changes: dict[str, Any]

    @property
    def minimum(self) -> dict[str, Any] | None:
        """The least version after the newest release, with its bump and reasons; None where nothing is released."""
        return self.changes.get("minimum")

    def touched(self) -> list[RowChanges]:
        """The tables whose rows differ from those of the current build; the log of changes is not said of itself."""
        found = self.since_build.tables if self.since_build else []
        return [table for table in found if table and table.new.resource.generated != LOG]

    def write(self) -> None:
        """Write the files to the project."""
        replace_files({self.package.root / file: text for file, text in self.texts.items()})


@contextmanager
def proposed(
    package: Package,
    texts: Mapping[str, str],
    source: Path | None,
    progress: Progress,
    memory: int,
    reader: IndependentReader,
) -> Iterator[Proposal]:
    """Make the release of a project with other texts in some files; with `source`, a captured text, it is anchored.

    Nothing of it stays but what the proposal writes. Raises what a build raises, and what anchoring raises.
    """
    root = package.root
    for file in texts:
        if not os.access(root / file, os.W_OK):
            raise FmdataError(f"{file}: the file cannot be written. Make it writable.")
    changed = [name for name in touched(start(root, {})) if name.startswith(_OF_ROWS)]
    with interruptible(), staging(root / "dist") as aside:
        overlay = aside / "project"
        try:
            _lay(root, overlay, {**texts, package.path: _unrefused(package)})
            anchored = anchor(overlay, source, progress).files if source else ()
            folder = make(load(overlay), aside, memory, progress, reader).folder
        except CheckError as error:
            if error.file:
                (overlay / error.file).replace(root / error.file)
            raise
        except FmdataError as error:
            raise FmdataError(str(error).replace(str(overlay), str(root))) from None
        written = {file: (overlay / file).read_text(encoding="utf-8") for file in anchored}
        changes = json.loads((folder / CHANGES).read_text(encoding="utf-8"))
        scratch = aside / "compared"
        scratch.mkdir()
        with connect(room(memory, BESIDE, LEAST, scratch)) as con:
            found = None
            # A build that is not whole, or of a contract that cannot be read, is no reason to enter nothing.
            with suppress(FmdataError):
                before = at_folder(root / LATEST, "latest")
                found = difference(con, before, at_folder(folder, "proposed"), progress)
            yield Proposal(package, {**texts, **written}, found, changed, changes)


def _unrefused(package: Package) -> str:
    """The descriptor with a version that is high enough for whatever changed: the least one is what is asked for."""
    versions = released(package.root)
    declared = parse(package.version, package.path)
    return with_version(package, str(max([declared, *(last.raised(Bump.MAJOR) for last in versions[-1:])])))


def _lay(root: Path, overlay: Path, texts: Mapping[str, str]) -> None:
    """Lay out what a build of a project reads, as links to it, but some files with other texts."""
    for name, place in of_project(root):
        file = name.removesuffix(LINK)
        target = overlay / file
        target.parent.mkdir(parents=True, exist_ok=True)
        if file in texts:
            continue
        if name != file:
            target.symlink_to(Path(place).resolve())
        else:
            _link(Path(place), target)
    for file, text in texts.items():
        with (overlay / file).open("w", encoding="utf-8", newline="") as stream:
            stream.write(text)


def _link(file: Path, target: Path) -> None:
    """Link a file, or copy it where the file system has no links."""
    try:
        target.hardlink_to(file)
    except OSError:
        shutil.copyfile(file, target)
