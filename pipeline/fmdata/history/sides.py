"""The rows of a release's tables as SQL, and whether they are what the release says of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import duckdb

from fmdata.contract import Field, Resource
from fmdata.errors import FmdataError, quote
from fmdata.history.published import Published
from fmdata.sql import count, literal, name
from fmdata.writers.csv import published_rows

# As many hashes as rows prove that rows differ.
_HASH = "hash"


class Side(NamedTuple):
    """A table of one of the releases that are compared; its columns in queries are `letter`0, `letter`1, …"""

    release: Published
    resource: Resource
    letter: str

    @property
    def rows(self) -> str:
        """SQL: a relation of its rows, every cell as text; a blank is NULL."""
        cells = (f"{_text(own)} AS {self.letter}{number}" for number, own in enumerate(self.resource.fields))
        return f"(SELECT {', '.join(cells)} FROM {published_rows(self.resource, self.release.folder)})"

    def column(self, field: str) -> str:
        """SQL: the column of a field."""
        return f"{self.letter}{self.resource.names().index(field)}"

    def columns(self) -> list[str]:
        """SQL: the columns of all fields."""
        return [f"{self.letter}{number}" for number in range(len(self.resource.fields))]


def _text(own: Field) -> str:
    """SQL: the text of a cell, NULL where it is one of the field's missing values."""
    if own.missing_values == ("",):
        return name(own.name)
    text = f"coalesce({name(own.name)}, '')"
    blanks = ", ".join(map(literal, own.missing_values))
    return f"CASE WHEN {text} NOT IN ({blanks}) THEN {text} END" if blanks else text


def expect_sound(con: duckdb.DuckDBPyConnection, side: Side) -> None:
    """Raise `FmdataError` unless a table has as many rows as its release says, and each has a key of its own."""
    table, place, key = side.resource.name, side.release.place, side.resource.primary_key
    rows, told = count(con, published_rows(side.resource, side.release.folder)), side.release.rows(table)
    if rows != told:
        raise FmdataError(f"{place}: {table} has {rows:,} rows; its descriptor says {told:,}. Restore it.")
    if key and not is_key(con, side, key):
        columns = ", ".join(map(side.column, key))
        blank = " OR ".join(f"{side.column(part)} IS NULL" for part in key)
        query = f"SELECT {columns} FROM {side.rows} GROUP BY ALL HAVING count(*) > 1 OR {blank}"
        [parts] = con.execute(f"{query} ORDER BY ALL LIMIT 1").fetchall()
        found = quote(" ".join(part or "" for part in parts)) + " stands twice or is blank"
        raise FmdataError(f"{place}: in {table}, {found}; expected each {' + '.join(key)} once. Correct the release.")


def is_key(con: duckdb.DuckDBPyConnection, side: Side, fields: Sequence[str]) -> bool:
    """Whether some fields have a value in every row, and no two rows the same ones."""
    columns = [side.column(field) for field in fields]
    listed, present = ", ".join(columns), " AND ".join(f"{column} IS NOT NULL" for column in columns)
    query = f"coalesce(bool_and({present}), true), count(DISTINCT {_HASH}({listed})) = count(*)"
    [(whole, differ)] = con.execute(f"SELECT {query} FROM {side.rows}").fetchall()
    if whole and not differ:
        # Less prove nothing: rows that differ may share one.
        differ = not count(con, f"(SELECT {listed} FROM {side.rows} GROUP BY ALL HAVING count(*) > 1)")
    return bool(whole and differ)


@contextmanager
def reading(table: str) -> Iterator[None]:
    """Tells as `FmdataError` that a table's CSV file is none, or that there is no room for it."""
    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
        advice = "Allow more with --memory-limit, or free space where temporary files go"
        raise FmdataError(f"no room for {table}: {str(error).splitlines()[0]}. {advice}.") from None
    except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
        raise FmdataError(f"{table}: its CSV file is not sound ({str(error).splitlines()[0]}). Restore it.") from None
