"""A release as its files tell: the contract that it carries, and its CSV files, which are what its sums say."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fmdata.contract import Package, load_published
from fmdata.errors import CheckError, FmdataError
from fmdata.history.unpack import reading_zip
from fmdata.history.versions import Version, is_version, parse
from fmdata.reader import LATEST
from fmdata.writers.archive import digests
from fmdata.writers.csv import DATA
from fmdata.writers.descriptor import content_hash

RELEASES = "dist/releases"
DESCRIPTOR = "datapackage.json"
# The word for the current build.
_CURRENT = "latest"


@dataclass(frozen=True)
class Published:
    """A release: `place` as it was named, the `folder` with its files, its contract, and the hash of its content.

    `hashes` are the SHA-256 of its CSV files, by table.
    """

    place: str
    folder: Path
    package: Package
    version: Version
    content: str
    hashes: dict[str, str]

    def rows(self, table: str) -> int:
        """The number of rows that the release says a table has."""
        return int(self.package.resource(table).descriptor["rowCount"])


@contextmanager
def opened(place: str, root: Path, scratch: Path) -> Iterator[Published]:
    """The release that `place` names: "latest", a released version of the project at `root`, a folder or a zip.

    What is packed is unpacked in the folder `scratch`. Raises `FmdataError` for a place where there is no release, and
    for a release that is not whole or not what it says it is.
    """
    found = place_of(place, root)
    if found.is_dir():
        yield at_folder(found, place)
        return
    with tempfile.TemporaryDirectory(dir=scratch, prefix="release-") as aside:
        with reading_zip(found, place) as archive:
            folder, members = Path(aside), list(archive)
            if DESCRIPTOR not in members:
                raise FmdataError(f"{place}: the zip has no {DESCRIPTOR}; expected the zip of a release.")
            archive.unpack(DESCRIPTOR, folder)
            package = _contract(folder, place)
            _expect_tables(package, members, place)
            for resource in package:
                archive.unpack(f"{DATA}/{resource.name}.csv", folder)
        yield _checked(folder, package, place)


def whole(place: str, root: Path, scratch: Path) -> Path:
    """A folder with every file of the release that `place` names, unpacked in the new folder `scratch` where need be.

    Raises `FmdataError` for a place where there is none, and for a zip that cannot be trusted.
    """
    found = place_of(place, root)
    if found.is_dir():
        return found
    with reading_zip(found, place) as archive:
        for member in archive:
            archive.unpack(member, scratch)
    return scratch


def at_folder(folder: Path, place: str) -> Published:
    """The release whose files stand in a folder, such as one that is being made. Raises as `opened` does."""
    if not (folder / DESCRIPTOR).is_file():
        raise FmdataError(f"{place}: {_without_descriptor(folder)}; expected the folder of a whole release.")
    package = _contract(folder, place)
    files = [path.relative_to(folder).as_posix() for path in (folder / DATA).rglob("*") if path.is_file()]
    _expect_tables(package, files, place)
    return _checked(folder, package, place)


def place_of(place: str, root: Path) -> Path:
    """The folder or the zip that a place names. Raises `FmdataError` where there is neither."""
    if place == _CURRENT:
        if not (root / LATEST / DESCRIPTOR).is_file():
            raise FmdataError(f"{root / LATEST}: there is no build; expected one. Run `fmdata build` first.")
        return root / LATEST
    if is_version(place):
        if not (root / RELEASES / place).is_dir():
            raise FmdataError(f"{place}: {_unreleased(root)}; expected one of them, {_CURRENT}, a folder or a zip.")
        return _within(root / RELEASES / place, place)
    path = Path(place)
    if not path.exists():
        raise FmdataError(f"{place}: there is nothing of that name; expected {_CURRENT}, a version, a folder or a zip.")
    return _within(path, place) if path.is_dir() else path


def _unreleased(root: Path) -> str:
    """Which versions were released."""
    folder = root / RELEASES
    names = [path.name for path in folder.iterdir() if is_version(path.name)] if folder.is_dir() else []
    released = ", ".join(map(str, sorted(parse(name, "") for name in names)))
    return f"no such version was released; there {f'are {released}' if released else 'is none yet'}"


def _within(folder: Path, place: str) -> Path:
    """The release in a folder: the files themselves, or the zip with them, as released versions are kept."""
    packed = sorted(folder.glob("*.zip"))
    if (folder / DESCRIPTOR).is_file() or not packed:
        return folder
    if len(packed) > 1:
        names = ", ".join(path.name for path in packed)
        raise FmdataError(f"{place}: found several zips ({names}); expected one. Name the one that you mean.")
    return packed[0]


def _without_descriptor(folder: Path) -> str:
    for suffix, words in ((".duckdb", "a DuckDB file"), (".csv", "CSV files")):
        if any(path.suffix == suffix for path in folder.rglob("*")):
            return f"the folder has {words}, but no {DESCRIPTOR} that says what they are"
    return f"the folder has no {DESCRIPTOR}"


def _contract(folder: Path, place: str) -> Package:
    try:
        return load_published(folder)
    except CheckError as error:
        raise FmdataError(f"{place}: its contract is not sound: {error.failures[0]}") from None
    except FmdataError as error:
        raise FmdataError(f"{place}: {error}") from None


def _expect_tables(package: Package, files: Iterable[str], place: str) -> None:
    """Raise `FmdataError` unless the CSV files are those that the contract lists."""
    listed = {f"{DATA}/{resource.name}.csv" for resource in package}
    for resource in package:
        if resource.paths != (f"{DATA}/{resource.name}.csv",):
            found = f"{DESCRIPTOR} has the table {resource.name} at {', '.join(resource.paths) or 'no path'}"
            advice = f"A project's build is in its {LATEST}"
            raise FmdataError(f"{place}: {found}; expected {DATA}/{resource.name}.csv, as releases have it. {advice}.")
    there = {file for file in files if file.startswith(f"{DATA}/") and file.lower().endswith(".csv")}
    for words, names in (("is missing", listed - there), ("is in no table of its contract", there - listed)):
        if names:
            raise FmdataError(f"{place}: {sorted(names)[0]} {words}; expected a CSV file a table. It is not whole.")


def _checked(folder: Path, package: Package, place: str) -> Published:
    """The release in a folder, if its files are what its descriptor says."""
    version = parse(package.version, f"{place}: {DESCRIPTOR}")
    hashes = digests(folder, (f"{DATA}/{resource.name}.csv" for resource in package))
    for resource in package:
        file = f"{DATA}/{resource.name}.csv"
        if resource.descriptor.get("hash") != f"sha256:{hashes[file]}":
            found = f"{file} is not the file that was published"
            raise FmdataError(f"{place}: {found}; its SHA-256 is not the one in {DESCRIPTOR}. Restore it.")
        if type(rows := resource.descriptor.get("rowCount")) is not int or rows < 0:
            raise FmdataError(f"{place}: {DESCRIPTOR} does not say how many rows {resource.name} has. Restore it.")
        _expect_header(folder / file, resource.names(), f"{place}: {file}")
    content = content_hash(hashes)
    if package.descriptor.get("contentHash") != f"sha256:{content}":
        raise FmdataError(f"{place}: the content hash in {DESCRIPTOR} is not that of its tables. Restore it.")
    return Published(
        place, folder, package, version, content, {r.name: hashes[f"{DATA}/{r.name}.csv"] for r in package}
    )


def _expect_header(file: Path, names: list[str], where: str) -> None:
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            header = next(csv.reader(stream), [])
    except (UnicodeDecodeError, csv.Error) as error:
        raise FmdataError(f"{where}: no CSV in UTF-8 ({error}). Restore it.") from None
    if header != names:
        raise FmdataError(f"{where}: its header is not the fields of its contract, {', '.join(names)}. Restore it.")
