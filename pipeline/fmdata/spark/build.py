"""A build on Spark, in the order of the data's flow."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pyspark.sql import SparkSession

from fmdata.changes import dated
from fmdata.contract import Package, anchoring, load, works
from fmdata.contract.roles import log_of
from fmdata.extracts import manifest
from fmdata.failures import Failures
from fmdata.progress import Progress, Step
from fmdata.reader import LATEST
from fmdata.record import Release
from fmdata.release import COPIED, expect_prerequisites
from fmdata.spark.checking import checked
from fmdata.spark.history import write_history
from fmdata.spark.publishing import Published, describe, write_sums, write_table
from fmdata.spark.rights import check_rights
from fmdata.spark.storage import Folder, local
from fmdata.swap import staging, swap
from fmdata.writers.cookbook import QUERIES
from fmdata.writers.csv import DATA
from fmdata.writers.descriptor import content_hash
from fmdata.writers.views import VIEWS


def prepared(root: Path) -> Package:
    """The contract of a project that is to be built. Raises as the local engine does for what would stop the build."""
    package = load(root)
    expect_prerequisites(package)
    return dated(package)


def build(
    spark: SparkSession, package: Package, progress: Progress, raw: str | None = None, output: str | None = None
) -> Release:
    """Build a release on Spark: at `dist/latest/` of the project, or in the folder with the URL `output`.

    The extracts are below the URL `raw`, if they are not in the project's own folder. Raises `CheckError` for bad data
    and `FmdataError` for anything else a user can mend; either leaves the previous release as it was.
    """
    root = package.root
    contract = manifest(package)
    roles = anchoring(package, contract)
    works(package)
    with _aside(spark, root, output) as (aside, finish), Failures(root) as found:
        stage, release = Folder(spark, f"{aside.url}/stage"), Folder(spark, f"{aside.url}/release")
        tables = checked(spark, package, contract, roles, raw, stage, found, progress)
        published, log = {}, log_of(package)
        for resource in package:
            if resource is not log:
                progress(Step(f"writing {resource.name}"))
                published[resource.name] = write_table(spark, resource, tables.ordered(resource.name), release)
        progress(Step("comparing with the releases before"))
        changed = write_history(spark, package, published, stage, release)
        if log and changed.log:
            tables.expose(log.name, changed.log)
            published[log.name] = write_table(spark, log, changed.log, release)
        progress(Step("describing the release"))
        content, texts = _describe(package, published, release)
        if roles:
            progress(Step("searching for words of the sources"))
            check_rights(tables, package, roles, published, changed, release, texts)
        write_sums(spark, release)
        finish()
    counts = {resource.name: published[resource.name].rows for resource in package}
    return Release(root / LATEST, package.name, package.version, content, counts, _remarks(package))


def _remarks(package: Package) -> tuple[str, ...]:
    """What a release of the local engine would have beside."""
    there = [folder for folder in (VIEWS, QUERIES) if (package.root / folder).is_dir()]
    return (f"{' and '.join(there)}: for the DuckDB file, which Spark does not write; not looked at.",) if there else ()


def _describe(package: Package, published: dict[str, Published], release: Folder) -> tuple[str, dict[str, bytes]]:
    """Write what tells of the tables of a release. Returns its content hash, and the files with their text."""
    content = content_hash({f"{DATA}/{table}.csv": written.digest for table, written in published.items()})
    texts = {file: (package.root / file).read_bytes() for file in COPIED}
    texts["datapackage.json"] = describe(package, published, content)
    for file, text in texts.items():
        release.write(file, (text,))
    return content, texts


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
        beside.recover(name)
        yield Folder(spark, f"{parent}/{aside}"), lambda: beside.replace(f"{aside}/release", name)
    finally:
        beside.remove(aside)
