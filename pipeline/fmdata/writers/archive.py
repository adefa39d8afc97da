"""SHA256SUMS and the zip of a release, the same bytes each time: fixed order, dates and attributes."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fmdata.contract import Package

SUMS = "SHA256SUMS"
# The earliest moment a zip can hold; the core has no clock.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def sha256(path: Path) -> str:
    """The hexadecimal SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def digests(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """The SHA-256 of each of some files of a release, several at a time."""
    found = list(names)
    with ThreadPoolExecutor(2) as threads:
        return dict(zip(found, threads.map(lambda name: sha256(folder / name), found), strict=True))


def files(folder: Path) -> list[str]:
    """Every file of a release but its sums and its zip, as sorted paths relative to `folder`."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(file for file in found if file != SUMS and not file.endswith(".zip"))


def is_zipped(package: Package, folder: Path) -> bool:
    """Whether there is a zip of the release at `folder`: not beyond the contract's limit."""
    return sum((folder / file).stat().st_size for file in files(folder)) <= package.limits.zip


def write_sums(folder: Path, known: Mapping[str, str]) -> None:
    """Write `folder/SHA256SUMS`, as sha256sum reads it; some digests may be `known`, by file."""
    found = {**digests(folder, (file for file in files(folder) if file not in known)), **known}
    text = "".join(f"{found[file]}  {file}\n" for file in files(folder))
    (folder / SUMS).write_text(text, encoding="utf-8")


def read_sums(folder: Path) -> list[tuple[str, str]]:
    """The lines of `folder/SHA256SUMS`: file and SHA-256."""
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    return [(file, digest) for digest, _, file in (line.partition("  ") for line in lines)]


def write_zip(folder: Path, stem: str) -> None:
    """Write `folder/<stem>.zip` with every file of the release below one folder `<stem>/`."""
    with zipfile.ZipFile(folder / f"{stem}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for file in sorted([*files(folder), SUMS]):
            entry = zipfile.ZipInfo(f"{stem}/{file}", _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            with (folder / file).open("rb") as source, archive.open(entry, "w") as target:
                while block := source.read(1 << 20):
                    target.write(block)
