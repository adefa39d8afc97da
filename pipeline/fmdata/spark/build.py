"""A build on Spark, in the order of the data's flow."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pyspark.sql import SparkSession

from fmdata.changes import dated
from fmdata.contract import Package, load
from fmdata.errors import FmdataError
from fmdata.extracts import manifest
from fmdata.failures import Failures
from fmdata.history.releases import released
from fmdata.progress import Progress, Step
from fmdata.reader import LATEST
from fmdata.record import Release
from fmdata.release import COPIED, expect_prerequisites
from fmdata.spark.checking import checked
from fmdata.spark.publishing import Published, describe, write_sums, write_table
from fmdata.spark.storage import Folder, local
from fmdata.swap import staging, swap
from fmdata.writers.cookbook import QUERIES
from fmdata.writers.csv import DATA
from fmdata.writers.descriptor import content_hash
from fmdata.writers.views import VIEWS


def prepared(root: Path) -> Package:
    """The contract of a project that can be built on Spark.

    Raises `CheckError` for its faults and `FmdataError` for what would stop the build, or what this engine has not.
    """
    package = load(root)
    expect_prerequisites(package)
    _expect_simple(package)
    return dated(package)


def build(
    spark: SparkSession, package: Package, progress: Progress, raw: str | None = None, output: str | None = None
) -> Release:
    """Build a release on Spark: at `dist/latest/` of the project, or in the folder with the URL `output`.

    The extracts are below the URL `raw`, if they are not in the project's own folder. Raises `CheckError` for bad data
    and `FmdataError` for anything else a user can mend; either leaves the previous release as it was.
    """
    root = package.root
    with _aside(spark, root, output) as (aside, finish), Failures(root) as found:
        tables = checked(spark, package, raw, Folder(spark, f"{aside.url}/stage"), found, progress)
        release = Folder(spark, f"{aside.url}/release")
        published = {}
        for resource in package:
            progress(Step(f"writing {resource.name}"))
            published[resource.name] = write_table(spark, resource, tables.ordered(resource.name), release)
        content = _describe(spark, package, published, release, progress)
        finish()
    counts = {table: written.rows for table, written in published.items()}
    return Release(root / LATEST, package.name, package.version, content, counts, _remarks(package))


def _remarks(package: Package) -> tuple[str, ...]:
    """What a release of the local engine would have beside."""
    there = [folder for folder in (VIEWS, QUERIES) if (package.root / folder).is_dir()]
    return (f"{' and '.join(there)}: for the DuckDB file, which Spark does not write; not looked at.",) if there else ()


def _expect_simple(package: Package) -> None:
    """Raise `FmdataError` for what this engine does not do yet; a release without it would be another one."""
    raw = manifest(package)
    missing = [f"role {r.role} ({r.name})" for r in [*package, *raw] if r.role]
    missing += [f"generated tables ({r.generated}: {r.name})" for r in package if r.generated]
    missing += ["history: there are releases in dist/releases/"] if released(package.root) else []
    if missing:
        found = "; ".join(dict.fromkeys(missing))
        advice = "Build this project with --engine local"
        raise FmdataError(f"{package.path}: the Spark engine has not yet: {found}. {advice}.")


def _describe(
    spark: SparkSession, package: Package, published: dict[str, Published], release: Folder, progress: Progress
) -> str:
    """Write what tells of the tables of a release; returns its content hash."""
    progress(Step("describing the release"))
    content = content_hash({f"{DATA}/{table}.csv": written.digest for table, written in published.items()})
    for file in COPIED:
        release.write(file, (package.root / file).read_bytes())
    release.write("datapackage.json", describe(package, published, content))
    write_sums(spark, release)
    return content


@contextmanager
def _aside(spark: SparkSession, root: Path, output: str | None) -> Iterator[tuple[Folder, Callable[[], None]]]:
    """A folder to build in, gone afterwards, and what puts its `release` in its place once it is whole."""
    if output is None:
        with staging(root / "dist") as folder:
            yield Folder(spark, local(folder)), lambda: swap(folder / "release", root / LATEST)
        return
    parent, _, name = output.rstrip("/").rpartition("/")
    beside, aside = Folder(spark, parent), f".{name}.stage-{uuid.uuid4().hex}"
    try:
        yield Folder(spark, f"{parent}/{aside}"), lambda: beside.replace(f"{aside}/release", name, f"{aside}/before")
    finally:
        beside.remove(aside)
