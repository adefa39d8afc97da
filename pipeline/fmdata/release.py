"""A build, in the order of the data's flow."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from fmdata.assemble import Progress, assemble, workspace
from fmdata.contract import Package, load
from fmdata.errors import FmdataError, raise_if
from fmdata.reader import LATEST
from fmdata.rights import check_rights, load_gate
from fmdata.sql import count, interruptible, name
from fmdata.swap import staging, swap
from fmdata.verify import IndependentReader, verify
from fmdata.writers.archive import write_sums, write_zip
from fmdata.writers.citation import write_citation
from fmdata.writers.cookbook import write_cookbook
from fmdata.writers.csv import write_csv
from fmdata.writers.database import write_database
from fmdata.writers.descriptor import DATA, content_hash, write_descriptor
from fmdata.writers.readme import write_readme

_COPIED = ("LICENSE", "CHANGELOG.md")


@dataclass(frozen=True)
class Release:
    """What a build made: where, which version, the content hash, and the number of rows of each table."""

    folder: Path
    name: str
    version: str
    content: str
    counts: dict[str, int]


def check(root: Path, progress: Progress) -> Release:
    """Do everything a build does but publish it: the release is made in a folder aside, which is gone afterwards.

    Raises what `build` raises.
    """
    package = load(root)
    with tempfile.TemporaryDirectory(prefix="fmdata-") as aside:
        return _make(package, Path(aside), progress)


def build(root: Path, progress: Progress) -> Release:
    """Build `dist/latest/`, swapped in whole once it has been checked and verified.

    Raises `CheckError` for bad data and `FmdataError` for anything else a user can mend; either leaves the previous
    release as it was.
    """
    package = load(root)
    with staging(root / "dist") as folder:
        release = _make(package, folder, progress)
        swap(folder, root / LATEST)
    return replace(release, folder=root / LATEST)


def _make(package: Package, folder: Path, progress: Progress) -> Release:
    _prerequisites(package.root)
    with interruptible(), _room(), workspace(folder) as con, IndependentReader() as reader:
        roles = assemble(con, package, progress)
        progress("writing the release")
        counts, content = _write_package(con, package, folder)
        reader.read(folder)
        _write_rest(con, package, folder, counts, content)
        progress("verifying the release")
        gate = load_gate(con, roles)
        with ThreadPoolExecutor(1) as aside:
            borrowed = aside.submit(check_rights, con.cursor(), package, gate, folder)
            try:
                verify(folder, package, counts, reader)
            finally:
                raise_if(borrowed.result())
    return Release(folder, package.name, package.version, content, counts)


def _write_package(con: duckdb.DuckDBPyConnection, package: Package, folder: Path) -> tuple[dict[str, int], str]:
    """The CSV files and their descriptor; returns the rows of each table and the content hash."""
    counts = {r.name: count(con, f"main.{name(r.name)}") for r in package}
    (folder / DATA).mkdir()
    for resource in package:
        write_csv(con, resource, folder / DATA)
    content = content_hash(folder, package)
    write_descriptor(package, folder, counts, content)
    return counts, content


def _write_rest(
    con: duckdb.DuckDBPyConnection, package: Package, folder: Path, counts: dict[str, int], content: str
) -> None:
    database = folder / f"{package.name}.duckdb"
    write_database(con, package, database, content)
    write_cookbook(package.root, database, folder)
    write_readme(package, folder, counts, content)
    write_citation(package, folder)
    _copy(package.root, folder)
    write_sums(folder)
    write_zip(folder, f"{package.name}-{package.version}")


def _prerequisites(root: Path) -> None:
    """What would stop the build at its end is told at its beginning."""
    for file in _COPIED:
        if not (root / file).is_file():
            raise FmdataError(f"{file}: there is no such file in {root}; a release needs it. Add it.")
    for path in (root, Path(tempfile.gettempdir())):
        if not str(path).isprintable() or set(str(path)) & set("?*[\\"):
            raise FmdataError(f"{path!s:.200}: DuckDB cannot open files in a folder of such a name. Rename or move it.")


@contextmanager
def _room() -> Iterator[None]:
    """Tells as `FmdataError` that disk or memory ran out."""
    try:
        yield
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise FmdataError(f"no room for the release: {error}") from None


def _copy(root: Path, folder: Path) -> None:
    for file in _COPIED:
        shutil.copyfile(root / file, folder / file)
