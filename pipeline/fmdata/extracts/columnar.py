"""Parquet files as CSV text.

Every cell is written as the text that the contract has for its value, so that typed columns and their texts are the
same extract. What is no value of its field, a number that is not finite or a moment finer than the type holds, is
written so that the check of the text tells it: nothing is rounded or cut.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb

from fmdata.contract import Field, Resource
from fmdata.contract.types import TYPES, read, storage, write
from fmdata.errors import Failure, FmdataError, quote
from fmdata.extracts.gate import check_header
from fmdata.sql import literal, name, path_literal, scalar

PARQUET = ".parquet"
_TEXTS = ("VARCHAR", "JSON", '"NULL"')
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
# From here on, a float does not tell a whole number from its neighbours.
_EXACT = {"FLOAT": 1 << 24, "DOUBLE": 1 << 53}
_MOMENTS = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
_NUMBERS = (*_WHOLE, *_EXACT, "DECIMAL")
_KINDS = {
    "string": ("UUID",), "any": ("UUID",), "integer": _NUMBERS, "year": _NUMBERS, "number": _NUMBERS,
    "boolean": ("BOOLEAN",), "date": ("DATE",), "time": ("TIME", "TIME_NS"), "datetime": _MOMENTS,
}  # fmt: skip


def write_text(
    con: duckdb.DuckDBPyConnection, source: Path, file: str, resource: Resource, text: Path
) -> list[Failure]:
    """Write the rows of a Parquet file to `text` as CSV, in their order; or what is wrong with the file or its columns.

    `file` is what failures call it. They tell the row, the first being 1, or 0 for the file as a whole. Raises
    `FmdataError` when there is no room for the text.
    """
    rows = f"read_parquet({path_literal(source)}, hive_partitioning = false)"
    try:
        schema = con.execute(f"SELECT name, num_children FROM parquet_schema({path_literal(source)})").fetchall()
        if failures := check_header(file, list(_columns(schema)), resource.names()):
            return [f._replace(line=0, column=0, field=f.field if f.field.isprintable() else "") for f in failures]
        kinds = {row[0]: row[1] for row in con.execute(f"DESCRIBE FROM {rows}").fetchall()}
        if failures := [f for field in resource.fields for f in _check_kind(file, resource, field, kinds[field.name])]:
            return failures
        cells = {field.name: _text(field, kinds[field.name]) for field in resource.fields}
        _copy(con, file, rows, cells, text)
        return _unsayable(con, file, resource, rows)
    except (duckdb.InterruptException, duckdb.OutOfMemoryException):
        raise
    except duckdb.Error as error:
        found, advice = f"it cannot be read as Parquet ({_words(error).replace(str(source), file)})", "Write it anew"
        return [Failure(file, rule="parquet", found=found, expected="a whole Parquet file", advice=advice)]


def _copy(con: duckdb.DuckDBPyConnection, file: str, rows: str, cells: dict[str, str], text: Path) -> None:
    columns = ", ".join(f"{cell} AS {name(field)}" for field, cell in cells.items())
    try:
        con.execute(
            f"COPY (SELECT {columns} FROM {rows}) TO {literal(text)} "
            "(FORMAT csv, HEADER true, DELIMITER ',', QUOTE '\"', ESCAPE '\"', NULL '')"
        )
    except (duckdb.InterruptException, duckdb.OutOfMemoryException):
        raise
    except duckdb.Error as error:
        # A disk that is full and a file that is broken raise the same: what can be read was not the file's fault.
        scalar(con, f"SELECT sum(hash({', '.join(cells.values())})) FROM {rows}")
        raise FmdataError(f"{file}: no room to unpack it in {text.parent}: {_words(error)}") from None


def _words(error: duckdb.Error) -> str:
    """What DuckDB says, without the kind of error and the query."""
    return str(error).split("\n")[0].split("Error: ", 1)[-1]


def at_its_row(failure: Failure, text: Path, header: list[str]) -> Failure:
    """A fault of the text that `write_text` made, told at its row and field in place of line and column."""
    if not failure.line:
        return failure
    row, field = _place(text, failure.line, failure.column, header)
    if failure.rule == "huge line":
        # It is told where it begins, and the quotes are ours.
        return failure._replace(line=row, column=0, advice="Shorten its values")
    return failure._replace(line=row, column=0, field=field)


def row_at(text: Path, line: int) -> int:
    """The row that the line of a text that `write_text` made belongs to."""
    return _place(text, line, 1, [])[0]


def _place(text: Path, line: int, column: int, header: list[str]) -> tuple[int, str]:
    row, inside, record = -1, False, b""
    with text.open("rb") as stream:
        for number, part in enumerate(stream, 1):
            if not inside:
                row, record = row + 1, b""
            if number == line:
                before = record.decode() + part.decode("utf-8", "replace")[: column - 1]
                return row, _field(before, header)
            inside ^= bool(part.count(b'"') % 2)
            record = record + part if inside else b""
    return row, ""


def _field(before: str, header: list[str]) -> str:
    """The field in which the beginning of a record ends, '' where that cannot be told."""
    try:
        cells = next(csv.reader(io.StringIO(before + "x", newline="")), [])
    except csv.Error:
        return ""
    return header[len(cells) - 1] if 0 < len(cells) <= len(header) else ""


def _columns(schema: Iterable[tuple[str, int | None]]) -> Iterator[str]:
    """The names of a file's own columns, out of its schema, in which each is followed by those inside it."""
    left: list[int] = []
    for column, inner in schema:
        while left and not left[-1]:
            left.pop()
        if left:
            left[-1] -= 1
            if len(left) == 1:
                yield column
        left.append(inner or 0)


def _check_kind(file: str, resource: Resource, field: Field, kind: str) -> Iterator[Failure]:
    """A failure if a column is neither text nor of a type that its field's values may have."""
    known = _KINDS.get(field.type, ())
    if kind not in _TEXTS and kind.split("(")[0] not in known:
        found, expected = f"a column of the type {quote(kind)}", " or ".join(["text", *known])
        advice = "Cast it, or write its values as text"
        yield Failure(file, 0, 0, resource.name, field.name, "parquet", found, expected, advice)


def _unsayable(con: duckdb.DuckDBPyConnection, file: str, resource: Resource, rows: str) -> list[Failure]:
    """The blanks of fields that have no text for one, where an empty text would be taken for a value."""
    failures = []
    for field in resource.fields:
        if field.missing_values or TYPES[field.type].storage != "VARCHAR":
            continue
        numbered = f"(SELECT row_number() OVER () AS _row, {name(field.name)} AS _cell FROM {rows})"
        found, expected = "a blank in a field that has none", "a value, or a text for a blank in missingValues"
        for (row,) in con.execute(f"SELECT _row FROM {numbered} WHERE _cell IS NULL ORDER BY 1").fetchall():
            failures.append(Failure(file, row, 0, resource.name, field.name, "missing value", found, expected))
    return failures


def _text(field: Field, kind: str) -> str:
    """SQL: the text of a cell as the contract has it; a blank is the field's first missing value, or no text."""
    column = name(field.name)
    if kind in (*_TEXTS, "UUID"):
        text = f"CAST({column} AS VARCHAR)"
    elif field.type in ("integer", "year"):
        text = _whole(field, column, kind)
    elif field.type in ("date", "time", "datetime"):
        text = _moment(field, column)
    else:
        text = write(field, column)
    return f"coalesce({text}, {literal(field.missing_values[0] if field.missing_values else '')})"


def _whole(field: Field, column: str, kind: str) -> str:
    text = f"CAST({column} AS VARCHAR)"
    if kind not in _WHOLE:
        exact = f"abs({column}) < {_EXACT[kind]}" if kind in _EXACT else "true"
        text = f"CASE WHEN {exact} THEN regexp_replace({text}, '\\.0+$', '') ELSE {text} END"
    if field.type == "year":
        text = f"CASE WHEN regexp_full_match({text}, '[0-9]{{1,3}}') THEN lpad({text}, 4, '0') ELSE {text} END"
    return text


def _moment(field: Field, column: str) -> str:
    """SQL: the text in the field's format if it says all of the value, else the whole value, for the check to tell."""
    value = f"TRY_CAST({column} AS {storage(field)})"
    text, whole = TYPES[field.type].write(field, value), f"CAST({column} AS VARCHAR)"
    says_all = f"CAST({value} AS VARCHAR) = {whole} AND {read(field, f'({text})')} = {value}"
    return f"CASE WHEN {says_all} THEN {text} ELSE {whole} END"
