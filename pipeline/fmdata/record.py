"""The record of the last build, by which the next one knows that it would make the same release again.

It says: of inputs with these contents, a build made files with these contents. That stays true whatever happens later,
so nobody needs a lock to read or renew it; what has changed since is compared with it each time. One that is lost,
damaged or of another format is no record, and costs no more than a build.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fmdata.inputs import Inputs, Seen, Snapshot, below, look, take
from fmdata.swap import LATEST, replace_files

RECORD = "dist/.built.json"
_FORMAT = 1


@dataclass(frozen=True)
class Release:
    """What a build made: where, which version, the content hash, and the number of rows of each table.

    `remarks` say what is otherwise than in a small release.
    """

    folder: Path
    name: str
    version: str
    content: str
    counts: dict[str, int]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """Which inputs made which release of which files."""

    inputs: Inputs
    files: Snapshot
    release: Release


@dataclass(frozen=True)
class Start:
    """How things stood before a build read anything: its inputs, if they can all be looked at, and the last record."""

    root: Path
    options: Mapping[str, Any]
    inputs: Inputs | None
    last: Record | None


def start(root: Path, options: Mapping[str, Any]) -> Start:
    """Look at all that decides a build of `root`, and at the record. `options`: those that change what is published."""
    last = _read(root)
    try:
        return Start(root, options, look(root, options, last.inputs if last else None), last)
    except OSError:
        # The build has the words for it, if it is a fault at all.
        return Start(root, options, None, last)


def unchanged(begun: Start) -> Release | None:
    """The release in `dist/latest/`, if it is file for file what a build would make again.

    A swap while we look is no danger: the folder is whole before and after it, and where there is none in between,
    there is nothing unchanged.
    """
    last = begun.last
    if last is None or begun.inputs is None or not begun.inputs.decide_as(last.inputs):
        return None
    folder = last.release.folder
    try:
        # A build refuses to publish where a link stands.
        files = take([] if folder.is_symlink() else below(folder), last.files)
    except OSError:
        return None
    if files.contents() != last.files.contents():
        return None
    _write(begun.root, Record(begun.inputs, files, last.release), last)
    return last.release


def touched(begun: Start) -> list[str]:
    """The files of a project that are not as the last build that was recorded read them, sorted."""
    if begun.last is None or begun.inputs is None:
        return []
    now, then = begun.inputs.project.contents(), begun.last.inputs.project.contents()
    return sorted(name for name in now.keys() | then.keys() if now.get(name) != then.get(name))


@contextmanager
def recorded(begun: Start | None, release: Release, digests: Mapping[str, str]) -> Iterator[None]:
    """Put around the swap of a release: once it is in its place, write what it was made of, by `begun`.

    `digests` are the SHA-256 of files of the release, which need not be read again for them.

    Nothing is recorded if an input was touched since: who can say which contents the build read? An input that was
    written just before the build began is read again for that, its stat being no proof (`Snapshot.settled`).
    """
    # Before the swap nobody else knows of the folder: what is seen here is what was verified.
    files = take(below(release.folder), digests=digests) if begun and begun.inputs else None
    yield
    if files is None or begun is None:
        return
    with suppress(OSError):
        inputs = look(begun.root, begun.options, begun.inputs)
        if inputs == begun.inputs:
            _write(begun.root, Record(inputs, files, release))


def _write(root: Path, record: Record, last: Record | None = None) -> None:
    """Write the record, if it tells more than the `last`: files that were touched, or that can be trusted by now."""
    if last and all(
        new == old and all(map(old.settled, old.files))
        for new, old in zip(_snapshots(record), _snapshots(last), strict=True)
    ):
        return
    project, engine, files = map(_shown, _snapshots(record))
    release = {k: v for k, v in vars(record.release).items() if k != "folder"}
    shown = {"format": _FORMAT, "release": release, "setting": record.inputs.setting, "project": project,
             "engine": engine, "files": files}  # fmt: skip
    # A release without a record stands all the same; it will be built once more.
    with suppress(OSError):
        replace_files({root / RECORD: json.dumps(shown, separators=(",", ":")) + "\n"})


def _snapshots(record: Record) -> tuple[Snapshot, Snapshot, Snapshot]:
    return record.inputs.project, record.inputs.engine, record.files


def _shown(snapshot: Snapshot) -> dict[str, Any]:
    return {"at": snapshot.at, "files": snapshot.files}


def _read(root: Path) -> Record | None:
    """The record of the last build, if there is one that can be read; it is ours, so nobody is told what it lacks."""
    try:
        shown = json.loads((root / RECORD).read_text(encoding="utf-8"))
        if shown["format"] != _FORMAT:
            return None
        project, engine, files = (_snapshot(shown[kind]) for kind in ("project", "engine", "files"))
        told = shown["release"]
        release = Release(root / "dist" / LATEST, **{**told, "remarks": tuple(told["remarks"])})
        # What is printed or reckoned with is of its kind; the rest is only compared.
        if not all(type(rows) is int for rows in release.counts.values()):
            return None
        if not all(type(text) is str for text in (release.name, release.version, release.content, *release.remarks)):
            return None
        return Record(Inputs(project, engine, shown["setting"]), files, release)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _snapshot(shown: dict[str, Any]) -> Snapshot:
    files = {name: Seen(*seen) for name, seen in shown["files"].items()}
    if not all(type(number) is int for number in (shown["at"], *(n for seen in files.values() for n in seen[:5]))):
        raise TypeError
    return Snapshot(shown["at"], files)
