"""Whether the text of a key names one row alone: corrections, tombstones and the history name rows by it."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from fmdata.contract import Package
from fmdata.contract.roles import KEPT, log_of
from fmdata.contract.types import storage
from fmdata.errors import Failure, quote
from fmdata.provenance import row_key
from fmdata.sql import drained, name


def ambiguous_keys(con: duckdb.DuckDBPyConnection, package: Package) -> Iterator[Failure]:
    """The rows of `main` whose key, its parts joined by a blank, reads as that of another row."""
    if not log_of(package) and not any(resource.role in KEPT for resource in package):
        return
    for table in package:
        # Only texts have blanks, and one of them alone ends where the other parts begin.
        if sum(storage(table.field(part)) == "VARCHAR" for part in table.primary_key) < 2:
            continue
        keys, text = ", ".join(map(name, table.primary_key)), row_key(table)
        query = (
            f"SELECT any_value(_file ORDER BY _line), min(_line), {text} AS text FROM main.{name(table.name)} "
            f"GROUP BY text HAVING count(DISTINCT ({keys})) > 1 ORDER BY ALL"
        )
        for file, line, key in drained(con.execute(query)):
            found = f"joined by blanks, the parts of two keys are {quote(key)}"
            advice = "Write a part of one of them without a blank"
            yield Failure(
                file, line, 0, table.name, ", ".join(table.primary_key), "ambiguous key", found, "each once", advice
            )
