"""A build on Spark, in the order of the data's flow."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pyspark.sql import SparkSession

from fmdata.changes import dated
from fmdata.checks import key_questions, load_rules
from fmdata.contract import Package, load
from fmdata.errors import FmdataError
from fmdata.extracts import RAW, discover, manifest
from fmdata.failures import Failures
from fmdata.history.releases import released
from fmdata.progress import Progress, Step
from fmdata.reader import LATEST
from fmdata.record import Release
from fmdata.release import COPIED, expect_prerequisites
from fmdata.spark.answering import broken, expose
from fmdata.spark.publishing import Published, describe, write_sums, write_table
from fmdata.spark.reading import files_of
from fmdata.spark.staging import Staged, expect_shippable
from fmdata.spark.storage import Folder, local
from fmdata.swap import staging, swap
from fmdata.tables import is_published_as_is
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
        staged = _checked(spark, package, raw, Folder(spark, f"{aside.url}/stage"), found, progress)
        release = Folder(spark, f"{aside.url}/release")
        published = {}
        for resource in package:
            progress(Step(f"writing {resource.name}"))
            published[resource.name] = write_table(spark, resource, staged.rows(resource.name), release)
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
    missing = []
    if not is_published_as_is(package, raw):
        missing.append("tables that are made of extracts by SELECTs (pipeline/tables/, raw/datapackage.json)")
    missing += [f"the role {r.role} ({r.name})" for r in [*package, *raw] if r.role]
    missing += [f"generated tables ({r.name})" for r in package if r.generated]
    missing += ["a history: there are releases in dist/releases/"] if released(package.root) else []
    if missing:
        found = "; ".join(dict.fromkeys(missing))
        raise FmdataError(f"{package.path}: the Spark engine has no {found}. Build this project with --engine local.")


def _checked(
    spark: SparkSession, package: Package, raw: str | None, stage: Folder, found: Failures, progress: Progress
) -> Staged:
    """Take in all extracts and check them. Raises `CheckError` with everything that is wrong with them."""
    contract, rules = manifest(package), load_rules(package)
    there = {}
    if raw is None:
        extracts, failures = discover(package.root, contract)
        folder = Folder(spark, local(package.root / RAW))
    else:
        folder = Folder(spark, raw)
        if not folder.exists():
            raise FmdataError(f"{raw}: there is no such folder; expected the extracts, one file a table or more.")
    there = files_of(folder)
    if raw is not None:
        extracts, failures = discover(package.root, contract, there)
    staged = Staged(spark, folder, stage, there)
    for extract in extracts:
        progress(Step(f"reading extracts of {extract.resource.name}"))
        checks = rules.get(extract.resource.name, [])
        expect_shippable(extract.resource, checks)
        staged.take_in(extract, {failure.file for failure in failures}, checks)
    staged.refuse(failures)
    progress(Step("checking tables"))
    staged.tell(rules, found)
    for resource in contract:
        expose(spark, "raw", resource, staged.rows(resource.name), staged.extracts[resource.name].files)
    for resource in contract:
        for question in key_questions("raw", resource):
            found.add(broken(spark, question))
    found.raise_any()
    return staged


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
        yield Folder(spark, f"{parent}/{aside}"), lambda: beside.replace(f"{aside}/release", name)
    finally:
        beside.remove(aside)
