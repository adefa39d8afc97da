"""Extracts taken in by the workers: their typed rows are kept on disk, what is wrong is told as it is locally."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandera.polars as pa
from pyspark.cloudpickle import dumps
from pyspark.sql import DataFrame, SparkSession

from fmdata.checks import Rules
from fmdata.checks.rules import FOLDER, sees_one_row
from fmdata.contract import Resource
from fmdata.errors import Failure, FmdataError, raise_if
from fmdata.extracts import Extract, check_text
from fmdata.failures import Failures
from fmdata.spark.kept import Kept
from fmdata.spark.reading import again, taken_in
from fmdata.spark.shapes import BYTES, DOUBTED, ERROR, RECORDS, ROWS, STAGE
from fmdata.spark.storage import File, Folder, telling
from fmdata.spark.texts import quoted
from fmdata.spark.whole_tables import judged_whole
from fmdata.spark.worker import Task
from fmdata.taken import places

# What a worker's DuckDB may use while it looks at rows in doubt; it holds no others.
_MEMORY = 200_000_000


@dataclass
class Staged:
    """The extracts of a project, taken in: their rows are `kept` by resource."""

    spark: SparkSession
    raw: Folder
    kept: Kept
    there: Mapping[str, File]
    extracts: dict[str, Extract] = field(default_factory=dict)
    _empty: list[Failure] = field(default_factory=list)

    def rows(self, table: str) -> DataFrame:
        """The typed rows of a resource, with `_extract`, the number of the file, and `_line`."""
        return self.kept.rows(table)

    def ordered(self, table: str) -> DataFrame:
        """The same in the order in which they are published."""
        return self.rows(table).orderBy("_extract", "_line")

    def take_in(self, extract: Extract, without: Set[str], checks: Rules | None) -> None:
        """Have an extract taken in, but for some files, and its rows checked, but for rules that look at further rows.

        Without `checks`, not even none, they are not held against their contract.
        """
        resource = extract.resource
        there = [file for file in extract.files if file not in without]
        # Spark's readers pass by what is empty.
        self._empty += [_empty(file, resource) for file in there if not self.there[file].size]
        extract = replace(extract, files=tuple(file for file in there if self.there[file].size))
        self.extracts[resource.name] = extract
        own = None if checks is None else [check for check in checks if sees_one_row(check)]
        task = Task(resource, own, {file: number for number, file in enumerate(extract.files)}, _MEMORY)
        with telling(f"the extracts of {resource.name}"):
            self.kept.write(resource.name, taken_in(self.spark, self.raw, extract, self.there, task))
            if doubted := {failure.file for failure in self.kept.told(resource.name, DOUBTED)}:
                more = again(self.spark, self.raw, doubted, self.there, task)
                self.kept.write(resource.name, more.where(f"{quoted(STAGE)} IS NOT NULL"))

    def refuse(self, failures: list[Failure]) -> None:
        """Raise `failures` with what is wrong with the bytes of files, or else what in them is no record."""
        for error in self._all(ERROR):
            raise FmdataError(error.found)
        raise_if(failures + self._empty + self._all(BYTES))
        raise_if(self._all(RECORDS))

    def tell(self, rules: Mapping[str, Rules], found: Failures) -> None:
        """Add what is wrong with rows to what is `found`."""
        for table, extract in self.extracts.items():
            found.add(self.kept.frames(table, ROWS))
            if beyond := [check for check in rules.get(table, []) if not sees_one_row(check)]:
                found.add(
                    judged_whole(self.rows(table), extract.resource, ["_extract", "_line"], places(extract), beyond)
                )

    def _all(self, stage: str) -> list[Failure]:
        return [failure for table in self.extracts for failure in self.kept.told(table, stage)]


def _empty(file: str, resource: Resource) -> Failure:
    """What is wrong with an empty file."""
    with tempfile.NamedTemporaryFile() as nothing:
        [failure] = check_text(Path(nothing.name), file, resource)
    return failure


def expect_shippable(resource: Resource, checks: list[pa.Check]) -> None:
    """Raise `FmdataError` for a rule that cannot be sent to workers: one that holds on to a file, or a lock."""
    for check in checks:
        try:
            dumps(check)
        except Exception as error:
            where = f"{FOLDER}/{resource.name}.py: the rule {check.name}"
            advice = "Let it hold nothing but plain values and expressions"
            raise FmdataError(f"{where} cannot be sent to workers ({error}). {advice}.") from None
