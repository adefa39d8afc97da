"""The rows of a release on their way into another format, and what such a format leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import duckdb

from fmdata.contract import Field, Package, Resource, lineage
from fmdata.contract.types import write
from fmdata.history import Published
from fmdata.history.sides import reading
from fmdata.sql import drained
from fmdata.writers.as_of import ENDING, keeps
from fmdata.writers.csv import published_rows, published_values
from fmdata.writers.dictionary import dictionary
from fmdata.writers.doors import DOOR

_MOMENTS = ("date", "time", "datetime")


def typed(release: Published, resource: Resource) -> str:
    """SQL: a relation of a table's rows in the order of its CSV file, with the types of the contract."""
    return f"(SELECT {published_values(resource)} FROM {published_rows(resource, release.folder)})"


def text(field: Field, column: str) -> str:
    """SQL: the text of a typed column as a field without a format of its own has it, dates and times in ISO 8601."""
    return write(Field(field.name, field.type, {}, ()), column)


def iso(field: Field, column: str) -> str:
    """SQL: dates and times as ISO 8601 texts, anything else as it is."""
    return text(field, column) if field.type in _MOMENTS else column


def rows(
    con: duckdb.DuckDBPyConnection, release: Published, resource: Resource, values: Iterable[str]
) -> Iterator[tuple[Any, ...]]:
    """Each row of a table as `values`, SQL over its typed columns, give it. Ask `con` nothing else meanwhile.

    Raises `FmdataError` where the CSV file is not what its contract says.
    """
    with reading(resource.name):
        yield from drained(con.execute(f"SELECT {', '.join(values)} FROM {typed(release, resource)}"))


def table_dictionary(package: Package) -> list[list[str]]:
    """The rows of the dictionary that tell of tables, as `dictionary` has them."""
    tables = {resource.name for resource in package}
    return [row for row in dictionary(package) if row[0] in tables]


def left_out(release: Published) -> str:
    """In a sentence, what the DuckDB file of a release has and no other format, if there is such a thing."""
    package = release.package
    counts = {resource.name: release.rows(resource.name) for resource in package}
    parts = []
    if package.views:
        parts.append(f"the views {', '.join(view.name for view in package.views)}")
    if lineage(package):
        parts.append(f"the macro {DOOR}")
    if keeps(package, counts):
        parts.append(f"tables as of earlier versions (macros that end with {ENDING})")
    return f"Only in the DuckDB file: {'; '.join(parts)}." if parts else ""
