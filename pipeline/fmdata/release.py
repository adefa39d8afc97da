"""A build, in the order of the data's flow."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import duckdb

from fmdata import standalone
from fmdata.assemble import assemble, check_tables, workspace
from fmdata.changes import dated
from fmdata.contract import Package, load
from fmdata.contract.roles import mappings
from fmdata.errors import FmdataError, raise_if
from fmdata.failures import Failures
from fmdata.independent import IndependentReader
from fmdata.metadata import write_croissant, write_metadata
from fmdata.progress import Progress, Step
from fmdata.reader import LATEST, reading
from fmdata.record import Release, Start, recorded
from fmdata.rights import check_rights, load_gate, search, search_database
from fmdata.sql import MEMORY, interruptible, room
from fmdata.swap import staging, swap
from fmdata.verify import check_sums, compare, verify
from fmdata.writers.archive import is_zipped, read_sums, sha256, write_sums, write_zip
from fmdata.writers.citation import write_citation, write_texts
from fmdata.writers.cookbook import write_cookbook
from fmdata.writers.csv import DATA, append_csv
from fmdata.writers.descriptor import content_hash
from fmdata.writers.readme import write_readme
from fmdata.writers.remarks import remarks_on
from fmdata.writers.views import read_views
from fmdata.writing import HELD, Writing, begin

COPIED = ("LICENSE", "CHANGELOG.md")
# What Python, polars and frictionless need beside DuckDB, whatever the size of the data; what DuckDB needs at least.
BESIDE, LEAST = 500_000_000, 200_000_000


def check(root: Path, progress: Progress, memory: int = MEMORY, reader: IndependentReader | None = None) -> Release:
    """Do everything a build does but publish it: the release is made in a folder aside, which is gone afterwards.

    `reader` is as for `build`. Raises what `build` raises.
    """
    package = load(root)
    with tempfile.TemporaryDirectory(prefix="fmdata-") as aside:
        return make(package, Path(aside), memory, progress, reader)


def check_data(root: Path, progress: Progress, memory: int = MEMORY) -> Package:
    """Check the data alone: files, bytes, types, contract, rules, keys and places. Makes no release.

    Returns the contract. Raises what `build` raises for them.
    """
    package = load(root)
    with interruptible(), running_out(), tempfile.TemporaryDirectory(prefix="fmdata-") as aside:
        space = room(memory, BESIDE, LEAST, Path(aside))
        with workspace(space) as con, Failures(package.root) as found:
            made = assemble(con, package, found, progress, space.scratch, lambda *_: None)
            check_tables(con, made, found, progress)
    return package


def build(
    root: Path,
    progress: Progress,
    memory: int = MEMORY,
    begun: Start | None = None,
    parquet: bool = False,
    reader: IndependentReader | None = None,
) -> Release:
    """Build `dist/latest/`, swapped in whole once it has been checked and verified; with `parquet`, in that form too.

    It is recorded, if `begun` is given. `memory` is the most that the build may use, in bytes. `reader` was started
    before, or else is here. Raises `CheckError` for bad data and `FmdataError` for anything else a user can mend;
    either leaves the previous release as it was.
    """
    package = load(root)
    with staging(root / "dist") as folder:
        release = make(package, folder, memory, progress, reader, parquet)
        with recorded(begun, release, dict(read_sums(release.folder))):
            swap(release.folder, root / LATEST)
    return replace(release, folder=root / LATEST)


def make(
    package: Package,
    aside: Path,
    memory: int,
    progress: Progress,
    reader: IndependentReader | None,
    parquet: bool = False,
) -> Release:
    """Make the release of a project, whose contract is `package`, in the folder `aside`, and verify it there.

    Raises what `build` raises.
    """
    expect_prerequisites(package)
    package = dated(package)
    making = Writing(package, aside / "release", room(memory, BESIDE, LEAST, aside / "scratch"), parquet, progress)
    for folder in (making.folder, making.folder / DATA, making.room.scratch):
        folder.mkdir()
    with (
        interruptible(),
        running_out(),
        workspace(making.room.part(HELD), making.folder, making.room.scratch) as con,
        reader or IndependentReader() as reader,
        Failures(package.root) as found,
        ThreadPoolExecutor(4) as beside,
    ):
        publish = partial(append_csv, release=making.folder, scratch=making.room.scratch)
        made = assemble(con, package, found, progress, making.room.scratch, publish)
        # What has no value amiss is written while it is checked further; nothing is published before that has ended.
        writing = None if found else begin(making, beside, con, made, reader)
        try:
            check_tables(con, made, found, progress)
            assert writing, "what is found is raised"
            changed, database = writing
            described, gate = changed.result(), load_gate(con, made.roles)
            counts, hashes = described.counts, described.hashes
            _write_about(package, making.folder, content_hash(hashes))
            # The files that are there by now; others come once there is the DuckDB file.
            searched = search(making.folder, gate)
        except BaseException:
            making.step.stop()
            raise
        written = database.result()
        in_file = beside.submit(search_database, con.cursor(), package, making.folder, gate)
        compared = beside.submit(
            compare, making.folder, package, counts, written.in_csv, written.shape, making.room.part(1 - HELD)
        )
        remarks = remarks_on(package, making.folder, counts)
        _write_rest(package, making.folder, counts, hashes, remarks)
        progress(Step("verifying the release"))
        borrowed = beside.submit(check_rights, con.cursor(), package, gate, making.folder, searched, in_file)
        sums = beside.submit(check_sums, making.folder)
        if is_zipped(package, making.folder):
            write_zip(making.folder, f"{package.name}-{package.version}")
        try:
            verify(making.folder, package, counts, reader, written.read, compared.result(), sums.result())
        finally:
            raise_if(borrowed.result())
    return Release(making.folder, package.name, package.version, content_hash(hashes), counts, remarks)


def _write_about(package: Package, folder: Path, content: str) -> None:
    """Write what a release says of itself, as far as the tables and `content`, the hash of them, tell it."""
    write_citation(package, folder)
    write_texts(package, folder, content)
    write_metadata(package, folder)
    for file in COPIED:
        shutil.copyfile(package.root / file, folder / file)
    shutil.copyfile(standalone.__file__, folder / "verify.py")


def _write_rest(
    package: Package, folder: Path, counts: dict[str, int], hashes: dict[str, str], remarks: tuple[str, ...]
) -> None:
    """Write what is made of the DuckDB file, or tells of it."""
    database = f"{package.name}.duckdb"
    with reading(folder / database) as con:
        read_views(con, package)
        write_cookbook(con, package.root, folder)
    write_readme(package, folder, counts, content_hash(hashes), remarks)
    known = {**hashes, database: sha256(folder / database)}
    write_croissant(package, folder, known)
    write_sums(folder, known)


def expect_prerequisites(package: Package) -> None:
    """Raise `FmdataError` for what would stop a build at its end."""
    root = package.root
    mappings(package)
    for file in COPIED:
        if not (root / file).is_file():
            raise FmdataError(f"{file}: there is no such file in {root}; a release needs it. Add it.")
    for path in (root, Path(tempfile.gettempdir())):
        if not str(path).isprintable() or set(str(path)) & set("?*[\\"):
            raise FmdataError(f"{path!s:.200}: DuckDB cannot open files in a folder of such a name. Rename or move it.")


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
    except duckdb.TransactionException as error:
        # Of what it cannot write down before a commit, DuckDB says that it could not commit.
        if "Could not write file" not in str(error):
            raise
        raise FmdataError(f"no room for the release: {error}") from None
