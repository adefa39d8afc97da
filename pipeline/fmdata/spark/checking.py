"""The tables of a project on Spark, made and checked in the order in which the local engine does."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
from pyspark.sql import SparkSession

from fmdata.assemble import refuse_kept, workspace
from fmdata.checks import Rules, key_questions, load_rules, without_echo
from fmdata.contract import Anchoring, Package, Resource
from fmdata.errors import Failure, FmdataError
from fmdata.extracts import RAW, Extract, discover
from fmdata.failures import Failures
from fmdata.progress import Progress, Step
from fmdata.spark.anchored import unanchored
from fmdata.spark.answering import broken
from fmdata.spark.generating import generate
from fmdata.spark.kept import Kept
from fmdata.spark.named_rows import ambiguous_keys, tombstone_faults
from fmdata.spark.reading import files_of
from fmdata.spark.rights import borrowed_cells
from fmdata.spark.selecting import Selected, expose_extracts, select_tables
from fmdata.spark.staging import Staged, expect_shippable
from fmdata.spark.storage import File, Folder, local, telling
from fmdata.sql import Room
from fmdata.tables import is_published_as_is

# What the driver's DuckDB may use: it holds tables without rows.
_MEMORY = 200_000_000


def checked(
    spark: SparkSession,
    package: Package,
    contract: Package,
    roles: Anchoring | None,
    raw: str | None,
    stage: Folder,
    found: Failures,
    progress: Progress,
) -> Selected:
    """Take in all extracts, which are below the URL `raw` or in the project, make the tables, and check them.

    `contract` is that of the extracts; `roles` anchor places, if any. Rows are kept in the folder `stage`. Raises
    `CheckError` with everything that is wrong with them.
    """
    folder, there, extracts, failures = _there(spark, package, contract, raw)
    staged = Staged(spark, folder, Kept(spark, Folder(spark, f"{stage.url}/raw"), "the extracts of "), there)
    as_is = is_published_as_is(package, contract)
    # As in `assemble`: without a contract of their own, the extracts are checked once, as the tables they become.
    own = contract.path != package.path
    if as_is:
        refuse_kept(package)
    rules = load_rules(package) if as_is else {}
    missing = {failure.file for failure in failures}
    for extract in extracts:
        table = extract.resource.name
        progress(Step(f"reading extracts of {table}"))
        expect_shippable(extract.resource, rules.get(table, []))
        staged.take_in(extract, missing, rules.get(table, []) if as_is or own else None)
    staged.refuse(failures)
    staged.tell(rules, found)
    if not as_is:
        found.raise_overflow()
    expose_extracts(spark, contract, staged)
    if own:
        _check_keys(spark, "raw", contract, found)
        found.raise_any()
    progress(Step("making tables"))
    with _empty() as con, Failures(package.root) as made:
        rules = rules or _rules(package)
        tables = select_tables(
            con, package, contract, as_is, staged, Kept(spark, Folder(spark, f"{stage.url}/main"), ""), rules, made
        )
        generate(con, package, tables, rules, made)
        made.raise_overflow()
        found.extend(made.kept)
    progress(Step("checking tables"))
    if tables.tables:
        tables.check(load_rules(package), found)
    _check_keys(spark, "main", package, found)
    _check_roles(spark, package, roles, tables, found)
    found.raise_any()
    return tables


def _check_roles(
    spark: SparkSession, package: Package, roles: Anchoring | None, tables: Selected, found: Failures
) -> None:
    """Find what is wrong with keys as texts, tombstones, anchors, word runs and the ledger."""
    found.extend(ambiguous_keys(spark, package))
    found.extend(tombstone_faults(spark, package))
    found.raise_overflow()
    if roles is None:
        return
    rules: set[str] = set()
    with Failures(package.root) as told:
        for frame in unanchored(spark, package, roles):
            rules.update(frame.get_column("rule"))
            told.add([frame])
        if rules:
            found.kept[:] = without_echo(found.kept, rules, roles.places.name)
            found.add(told.frames())
    if found:
        found.add(borrowed_cells(tables, package, roles))


def _rules(package: Package) -> dict[str, Rules]:
    """The project's own rules; none where they cannot be loaded, which whoever loads them to check tables is told."""
    with suppress(FmdataError):
        return load_rules(package)
    return {}


def _there(
    spark: SparkSession, package: Package, contract: Package, raw: str | None
) -> tuple[Folder, dict[str, File], list[Extract], list[Failure]]:
    """Where the extracts are, the files there, which of them are of which resource, and what is wrong with the set."""
    if raw is None:
        extracts, failures = discover(package.root, contract)
        folder = Folder(spark, local(package.root / RAW))
        return folder, files_of(folder), extracts, failures
    folder = Folder(spark, raw)
    if not folder.exists():
        raise FmdataError(f"{raw}: there is no such folder; expected the extracts, one file a table or more.")
    there = files_of(folder)
    return folder, there, *discover(package.root, contract, there)


def _check_keys(spark: SparkSession, schema: str, tables: Iterable[Resource], found: Failures) -> None:
    with telling("the keys"):
        found.add(broken(spark, [question for own in tables for question in key_questions(schema, own)]))


@contextmanager
def _empty() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database for tables without rows."""
    with tempfile.TemporaryDirectory(prefix="fmdata-") as folder, workspace(Room(_MEMORY, Path(folder))) as con:
        yield con
