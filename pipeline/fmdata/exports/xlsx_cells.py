"""How the values of a column stand in an Excel workbook, so that none of them changes.

A number is one if Excel, which has 15 digits, holds it; a date if Excel and others agree which day its number means,
which they do from March 1900 on; a time if it has no parts of a second. A column with any other value is text as a
whole: ISO 8601 for dates and times. Source: Excel specifications and limits; ISO/IEC 29500-1, section 18.17.4.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from fmdata.contract import Field, Resource
from fmdata.contract.types import storage
from fmdata.errors import FmdataError
from fmdata.exports.rows import text, typed
from fmdata.history import Published
from fmdata.history.sides import reading
from fmdata.sql import name

MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS = 1_048_576, 16_384, 32_767
_SURE = "date_trunc('second', {0}) = {0}"
_WHOLE = "{0} BETWEEN -999999999999999 AND 999999999999999"
# By storage: what a cell is called, the format of its number, and what must hold for every value, else it is text.
_HELD = {
    "BIGINT": ("number", "0", _WHOLE),
    "INTEGER": ("number", "0000", _WHOLE),
    "DOUBLE": (
        "number",
        "General",
        "CAST(printf('%.15g', {0}) AS DOUBLE) = {0} AND CAST({0} AS VARCHAR) <> '-0.0' "
        "AND ({0} = 0 OR abs({0}) BETWEEN 2.3e-308 AND 9.99999999999999e307)",
    ),
    "BOOLEAN": ("boolean", "General", "true"),
    "DATE": ("date", "yyyy-mm-dd", "{0} BETWEEN DATE '1900-03-01' AND DATE '9999-12-31'"),
    "TIMESTAMP": (
        "date and time",
        "yyyy-mm-dd hh:mm:ss",
        f"{_SURE} AND {{0}} BETWEEN TIMESTAMP '1900-03-01' AND TIMESTAMP '9999-12-31 23:59:59'",
    ),
    "TIME": ("time", "hh:mm:ss", "date_trunc('second', DATE '2000-01-01' + {0}) = DATE '2000-01-01' + {0}"),
}
TEXT = "text"


@dataclass(frozen=True)
class Column:
    """How a field stands in its sheet: the `kind` of its cells, their number `format`, the SQL of a cell's value.

    `width` is how many characters the longest cell or the header has.
    """

    field: Field
    kind: str
    format: str
    sql: str
    width: int


def columns(con: duckdb.DuckDBPyConnection, release: Published, resource: Resource) -> list[Column]:
    """How each field of a table stands in its sheet. Raises `FmdataError` for what a sheet cannot hold."""
    _refuse_size(release, resource)
    held = [_HELD.get(storage(field)) for field in resource.fields]
    asked = []
    for field, way in zip(resource.fields, held, strict=True):
        column = name(field.name)
        written = text(field, column)
        asked.append(f"coalesce(bool_and({way[2].format(column)}), true)" if way else "false")
        asked.append(f"coalesce(max({_units(written)}), 0)")
    with reading(resource.name):
        [found] = con.execute(f"SELECT {', '.join(asked)} FROM {typed(release, resource)}").fetchall()
    made = []
    for field, way, fits, longest in zip(resource.fields, held, found[::2], found[1::2], strict=True):
        if longest > MOST_CHARACTERS:
            _refuse_text(con, release, resource, field)
        kind, form, _ = way if way and fits else (TEXT, "@", "")
        sql = text(field, name(field.name)) if kind == TEXT else name(field.name)
        made.append(Column(field, kind, form, sql, max(longest, len(field.name))))
    return made


def sheet_names(tables: list[str], taken: tuple[str, ...]) -> dict[str, str]:
    """The name of each table's sheet: its own, or where Excel has no room for it, its beginning with a number."""
    # Excel keeps this one for itself, and has 31 characters; case does not count.
    used = {"history", *(sheet.lower() for sheet in taken)}
    found = {}
    for table in tables:
        tries = [table[:31], *(f"{table[: 30 - len(str(n))]}~{n}" for n in range(2, len(tables) + 3))]
        found[table] = next(sheet for sheet in tries if sheet.lower() not in used)
        used.add(found[table].lower())
    return found


def _units(sql: str) -> str:
    """SQL: how many characters Excel counts in a text; those beyond U+FFFF are two."""
    return f"length({sql}) + length(regexp_replace({sql}, '[^\\x{{10000}}-\\x{{10FFFF}}]', '', 'g'))"


def _refuse_size(release: Published, resource: Resource) -> None:
    for found, most, words in (
        (release.rows(resource.name), MOST_ROWS - 1, "rows"),
        (len(resource.fields), MOST_COLUMNS, "columns"),
    ):
        if found > most:
            limit = f"{found:,} {words}; a sheet of Excel has room for {most:,}"
            raise FmdataError(f"{resource.name}: {limit}. Export to sqlite or parquet.")


def _refuse_text(con: duckdb.DuckDBPyConnection, release: Published, resource: Resource, field: Field) -> None:
    column = text(field, name(field.name))
    numbered = f"(SELECT {_units(column)} AS units, row_number() OVER () AS place FROM {typed(release, resource)})"
    query = f"SELECT place, units FROM {numbered} WHERE units > {MOST_CHARACTERS} ORDER BY place LIMIT 1"
    [(row, units)] = con.execute(query).fetchall()
    found = f"row {row:,} has {units:,} characters; a cell of Excel has room for {MOST_CHARACTERS:,}"
    raise FmdataError(f"{resource.name}, {field.name}: {found}. Export to sqlite or parquet.")
