"""A build, in the order of the data's flow."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import duckdb

from fmdata.assemble import assemble, workspace
from fmdata.contract import Package, Resource, load
from fmdata.errors import FmdataError, raise_if
from fmdata.progress import Progress, Step
from fmdata.reader import LATEST
from fmdata.record import Release, Start, recorded
from fmdata.rights import check_rights, load_gate
from fmdata.sample import sampled, write_sample
from fmdata.sql import MEMORY, Room, count, interruptible, name, watched
from fmdata.swap import staging, swap
from fmdata.verify import IndependentReader, compare, verify
from fmdata.writers.archive import is_zipped, write_sums, write_zip
from fmdata.writers.citation import write_citation
from fmdata.writers.cookbook import write_cookbook
from fmdata.writers.csv import DATA, write_csv
from fmdata.writers.database import write_database
from fmdata.writers.descriptor import write_descriptor
from fmdata.writers.parquet import write_parquet
from fmdata.writers.readme import write_readme
from fmdata.writers.remarks import remarks_on

_COPIED = ("LICENSE", "CHANGELOG.md")
# What Python, polars and frictionless need beside DuckDB, in bytes, whatever the size of the data.
_BESIDE = 500_000_000
_LEAST = 100_000_000


def check(root: Path, progress: Progress, memory: int = MEMORY) -> Release:
    """Do everything a build does but publish it: the release is made in a folder aside, which is gone afterwards.

    Raises what `build` raises.
    """
    package = load(root)
    with tempfile.TemporaryDirectory(prefix="fmdata-") as aside:
        return _make(package, Path(aside), memory, progress)


def check_data(root: Path, progress: Progress, memory: int = MEMORY) -> Package:
    """Check the data alone: files, bytes, types, contract, rules, keys and places. Makes no release.

    Returns the contract. Raises what `build` raises for them.
    """
    package = load(root)
    with interruptible(), running_out(), tempfile.TemporaryDirectory(prefix="fmdata-") as aside:
        room = _room(memory, Path(aside))
        with workspace(room) as con:
            assemble(con, package, progress, room.scratch, keys_only=True)
    return package


def build(
    root: Path, progress: Progress, memory: int = MEMORY, begun: Start | None = None, parquet: bool = False
) -> Release:
    """Build `dist/latest/`, swapped in whole once it has been checked and verified; with `parquet`, in that form too.

    It is recorded, if `begun` is given.

    `memory` is the most that the build may use, in bytes. Raises `CheckError` for bad data and `FmdataError` for
    anything else a user can mend; either leaves the previous release as it was.
    """
    package = load(root)
    with staging(root / "dist") as folder:
        release = _make(package, folder, memory, progress, parquet)
        with recorded(begun, release):
            swap(release.folder, root / LATEST)
    return replace(release, folder=root / LATEST)


def _make(package: Package, aside: Path, memory: int, progress: Progress, parquet: bool = False) -> Release:
    _prerequisites(package.root)
    folder, scratch = aside / "release", aside / "scratch"
    folder.mkdir()
    scratch.mkdir()
    room = _room(memory, scratch)
    with interruptible(), running_out(), workspace(room, folder) as con, IndependentReader() as reader:
        roles = assemble(con, package, progress, scratch)
        counts = {r.name: count(con, f"main.{name(r.name)}") for r in package}
        rows = sum(counts.values())
        progress(Step("writing CSV files", total=rows, percent=watched(con)))
        _write_tables(con, package, folder, parquet)
        progress(step := Step("writing the DuckDB file", total=rows))
        # Little is asked of the workspace from here on.
        con.execute(f"SET memory_limit = '{room.part(0.25).memory}B'")
        with ThreadPoolExecutor(1) as aside_:
            described = aside_.submit(write_descriptor, package, folder, counts)
            read = aside_.submit(_let_read, package, folder, scratch / "sample", counts, described, reader)
            write_database(package, folder, counts, described.result, room.part(0.75), partial(_place, con), step)
            compared = aside_.submit(compare, folder, package, counts, room.part(0.75))
            content, remarks = described.result(), remarks_on(package, folder, counts)
            _write_rest(package, folder, counts, content, remarks)
            progress(Step("verifying the release"))
            borrowed = aside_.submit(check_rights, con.cursor(), package, load_gate(con, roles), folder)
            try:
                verify(folder, package, counts, reader, read.result(), compared.result())
            finally:
                raise_if(borrowed.result())
    return Release(folder, package.name, package.version, content, counts, remarks)


def _write_tables(con: duckdb.DuckDBPyConnection, package: Package, folder: Path, parquet: bool) -> None:
    (folder / DATA).mkdir()
    for resource in package:
        write_csv(con, resource, folder / DATA)
        if parquet:
            write_parquet(con, resource, folder)


def _let_read(
    package: Package,
    folder: Path,
    sample: Path,
    counts: dict[str, int],
    described: Future[str],
    reader: IndependentReader,
) -> dict[str, int]:
    """Let frictionless begin to read the package, or samples of its large tables; returns the rows it should find."""
    described.result()
    if sampled(package, counts):
        counts, folder = write_sample(package, folder, counts, sample), sample
    reader.read(folder)
    return counts


def _place(con: duckdb.DuckDBPyConnection, resource: Resource, row: int) -> tuple[str, int]:
    """The file and line that a row of a published table comes from; rows are counted from 0."""
    query = f"SELECT _file, _line FROM main.{name(resource.name)} LIMIT 1 OFFSET {row}"
    [(file, line)] = con.execute(query).fetchall()
    return file, line


def _write_rest(package: Package, folder: Path, counts: dict[str, int], content: str, remarks: tuple[str, ...]) -> None:
    write_cookbook(package.root, folder / f"{package.name}.duckdb", folder)
    write_readme(package, folder, counts, content, remarks)
    write_citation(package, folder)
    _copy(package.root, folder)
    write_sums(folder)
    if is_zipped(package, folder):
        write_zip(folder, f"{package.name}-{package.version}")


def _prerequisites(root: Path) -> None:
    """What would stop the build at its end is told at its beginning."""
    for file in _COPIED:
        if not (root / file).is_file():
            raise FmdataError(f"{file}: there is no such file in {root}; a release needs it. Add it.")
    for path in (root, Path(tempfile.gettempdir())):
        if not str(path).isprintable() or set(str(path)) & set("?*[\\"):
            raise FmdataError(f"{path!s:.200}: DuckDB cannot open files in a folder of such a name. Rename or move it.")


def _room(memory: int, scratch: Path) -> Room:
    if memory < _BESIDE + _LEAST:
        found, least = (f"{size / 1e6:,.0f} MB" for size in (memory, _BESIDE + _LEAST))
        raise FmdataError(f"the memory limit of {found} is too small; expected at least {least}. Allow more.")
    return Room(memory - _BESIDE, scratch)


@contextmanager
def running_out() -> Iterator[None]:
    """Tells as `FmdataError` that disk or memory ran out."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        advice = "Allow more with --memory-limit, or free space where temporary files go"
        raise FmdataError(f"no room for the release: {str(error).splitlines()[0]}. {advice}.") from None
    except duckdb.IOException as error:
        raise FmdataError(f"no room for the release: {error}") from None


def _copy(root: Path, folder: Path) -> None:
    for file in _COPIED:
        shutil.copyfile(root / file, folder / file)
