"""Making an export: the release opened, its form written aside, and put in its place whole or not at all."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fmdata.contract import Package
from fmdata.errors import FmdataError
from fmdata.exports.parquet import is_export, write_folder
from fmdata.history import Published
from fmdata.metadata.crate import is_crate, write_crate
from fmdata.progress import Progress
from fmdata.sql import Room, connect
from fmdata.swap import swap

# The forms that are folders; the others are files.
_FOLDERS = ("parquet", "ro-crate")
# By what they are known: how an SQLite file begins, and what each workbook has in its zip.
_SQLITE, _WORKBOOK = b"SQLite format 3\0", "xl/workbook.xml"


def default_name(package: Package, form: str) -> str:
    """What an export is called where nobody says otherwise."""
    return f"{package.name}-{package.version}{'-' if form in _FOLDERS else '.'}{form}"


def export(
    release: Published, form: str, target: Path, files: Callable[[], Path], room: Room, progress: Progress
) -> None:
    """Write a release as "sqlite", "xlsx", "parquet" or "ro-crate" to `target`, whole or not at all.

    `files` gives the folder with all files of the release. An earlier export there goes. Raises `FmdataError` for a
    release that the format cannot hold, and for a place where something else stands.
    """
    with _aside(target, form) as part, connect(room) as con:
        if form == "ro-crate":
            write_crate(files(), part)
        elif form == "parquet":
            write_folder(con, release, part, progress)
        elif form == "xlsx":
            from fmdata.exports.xlsx import write_xlsx

            write_xlsx(con, release, part, room.scratch, progress)
        else:
            from fmdata.exports.sqlite import write_sqlite

            write_sqlite(con, release, part, progress)


@contextmanager
def _aside(target: Path, form: str) -> Iterator[Path]:
    """Where to write what is to stand at `target`, a file or an empty folder; it takes its place at the end."""
    place, folder = target.resolve(), form in _FOLDERS
    _refuse(target, place, form)
    part = place.with_name(f".{place.name}.part")
    _remove(part)
    if folder:
        part.mkdir()
    try:
        yield part
        if folder:
            swap(part, place)
        else:
            part.replace(place)
    finally:
        _remove(part)


def _refuse(target: Path, place: Path, form: str) -> None:
    folder = form in _FOLDERS
    if not place.parent.is_dir():
        raise FmdataError(f"{target}: there is no folder {place.parent}; expected one. Make it, or name another.")
    if not place.exists():
        return
    if folder and not (place.is_dir() and (is_export(place) or is_crate(place) or not any(place.iterdir()))):
        expected = "the folder of an earlier export with nothing else in it, an empty one, or none yet"
        raise FmdataError(f"{target}: something else stands there; expected {expected}.")
    if not folder and not place.is_file():
        raise FmdataError(f"{target}: not a plain file; expected one, or none yet.")
    if not folder and not _is_of(place, form):
        found = f"{target}: something else stands there, no {form} file"
        raise FmdataError(f"{found}; expected an earlier export, or none yet. Name another place.")


def _is_of(file: Path, form: str) -> bool:
    """Whether a file is empty, or of the form of an export: all else is somebody's, the contract perhaps."""
    if form == "sqlite":
        with file.open("rb") as stream:
            return stream.read(len(_SQLITE)) in (b"", _SQLITE)
    if not zipfile.is_zipfile(file):
        return not file.stat().st_size
    with zipfile.ZipFile(file) as packed:
        return _WORKBOOK in packed.namelist()


def _remove(part: Path) -> None:
    if part.is_dir():
        shutil.rmtree(part)
    else:
        part.unlink(missing_ok=True)
