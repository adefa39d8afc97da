"""Whether the text of a key names one row alone: corrections, tombstones and the history name rows by it."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from fmdata.contract import Package, Resource
from fmdata.contract.roles import KEPT, log_of
from fmdata.contract.types import storage
from fmdata.errors import Failure, quote
from fmdata.provenance import row_key
from fmdata.sql import drained, name


def ambiguous_keys(con: duckdb.DuckDBPyConnection, package: Package) -> Iterator[Failure]:
    """The rows of `main` whose key, its parts joined by a blank, reads as that of another row."""
    for table in in_doubt(package):
        keys, text = ", ".join(map(name, table.primary_key)), row_key(table)
        query = (
            f"SELECT any_value(_file ORDER BY _line, _file), min(_line), {text} AS text FROM main.{name(table.name)} "
            f"GROUP BY text HAVING count(DISTINCT ({keys})) > 1 ORDER BY ALL"
        )
        for file, line, key in drained(con.execute(query)):
            yield ambiguous(table, file, line, key)


def in_doubt(package: Package) -> list[Resource]:
    """The tables of which the text of a key may name several rows, where it has to name one."""
    if not log_of(package) and not any(resource.role in KEPT for resource in package):
        return []
    # Only texts have blanks, and one of them alone ends where the other parts begin.
    return [t for t in package if sum(storage(t.field(part)) == "VARCHAR" for part in t.primary_key) > 1]


def ambiguous(table: Resource, file: str, line: int, key: str) -> Failure:
    """That the text of a key, which first stands there, names several rows."""
    found, field = f"joined by blanks, the parts of two keys are {quote(key)}", ", ".join(table.primary_key)
    advice = "Write a part of one of them without a blank"
    return Failure(file, line, 0, table.name, field, "ambiguous key", found, "each once", advice)
