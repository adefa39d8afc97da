"""The tables of a project on Spark, made and checked in the order in which the local engine does."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import duckdb
from pyspark.sql import DataFrame, SparkSession

from fmdata.assemble import refuse_kept, workspace
from fmdata.checks import key_questions, load_rules
from fmdata.contract import Package, Resource
from fmdata.errors import Failure, FmdataError
from fmdata.extracts import RAW, Extract, discover, manifest
from fmdata.failures import Failures
from fmdata.progress import Progress, Step
from fmdata.spark.answering import broken
from fmdata.spark.reading import files_of
from fmdata.spark.selecting import expose_extracts, select_tables
from fmdata.spark.staging import Staged, expect_shippable
from fmdata.spark.storage import File, Folder, local
from fmdata.sql import Room
from fmdata.tables import is_published_as_is

# What the driver's DuckDB may use: it holds tables without rows.
_MEMORY = 200_000_000


class Tables(Protocol):
    """The tables of a project whose rows are checked."""

    def ordered(self, table: str) -> DataFrame:
        """The typed rows of a table in the order in which they are published."""


def checked(
    spark: SparkSession, package: Package, raw: str | None, stage: Folder, found: Failures, progress: Progress
) -> Tables:
    """Take in all extracts, which are below the URL `raw` or in the project, make the tables, and check them.

    Rows are kept in the folder `stage`. Raises `CheckError` with everything that is wrong with them.
    """
    contract = manifest(package)
    folder, there, extracts, failures = _there(spark, package, contract, raw)
    staged = Staged(spark, folder, Folder(spark, f"{stage.url}/raw"), there)
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
    if as_is:
        progress(Step("checking tables"))
        _check_keys(spark, "raw", package, found)
        found.raise_any()
        return staged
    if own:
        _check_keys(spark, "raw", contract, found)
        found.raise_any()
    progress(Step("making tables"))
    with _empty() as con, Failures(package.root) as made:
        tables = select_tables(con, package, contract, staged, Folder(spark, f"{stage.url}/main"), made)
        made.raise_overflow()
        found.extend(made.kept)
    progress(Step("checking tables"))
    tables.check(load_rules(package), found)
    _check_keys(spark, "main", [resource for resource in package if not resource.generated], found)
    found.raise_any()
    return tables


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
    for resource in tables:
        for question in key_questions(schema, resource):
            found.add(broken(spark, question))


@contextmanager
def _empty() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database for tables without rows."""
    with tempfile.TemporaryDirectory(prefix="fmdata-") as folder, workspace(Room(_MEMORY, Path(folder))) as con:
        yield con
