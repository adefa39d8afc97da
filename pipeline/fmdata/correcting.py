"""A new correction: looked up in what is published, and written as a row of the extract that keeps corrections."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from fmdata.contract import Package, Resource
from fmdata.contract.roles import CORRECTION, with_role
from fmdata.contract.types import expected, read, write
from fmdata.corrections import ACCEPTED, ROLE
from fmdata.entries import Entered, amended, entered, file_of, files_of, read_extract, records
from fmdata.errors import FmdataError, quote
from fmdata.extracts import manifest
from fmdata.history import opened
from fmdata.history.sides import Side
from fmdata.sql import MEMORY, Room, connect

SUPERSEDED = "superseded"
_STATUS = CORRECTION[-1]
_CELL = CORRECTION[:3]
_WRONG, _RIGHT = CORRECTION[3:5]


@dataclass(frozen=True)
class Correction:
    """A correction to be entered: the texts of the cell as it is and as it should be (None: blank), and its row.

    `superseded` is the line of the older correction of the cell that it takes the place of, None for none.
    """

    wrong: str | None
    right: str | None
    entered: Entered
    superseded: int | None


def correction(
    package: Package,
    cell: tuple[str, str, str],
    value: str | None,
    words: Mapping[str, str | None],
    folder: str | None = None,
    supersede: bool = False,
) -> Correction:
    """The correction of a cell of the current build (table, key, column) to a value, None for a blank.

    `words` are the other fields of its row. With `supersede`, an accepted correction that the cell has gets the status
    superseded. Raises `FmdataError` for a cell that is not there or is no one's to correct, a text that is no value of
    it or stands there already, and an older correction that is not to be superseded. Nothing is written.
    """
    raw = manifest(package)
    extract = with_role(raw, ROLE)
    if extract is None:
        raise FmdataError(f"{raw.path}: no extract has the role {ROLE}; expected one to enter corrections in. Add it.")
    table = _table(package, cell[0], cell[2])
    present = _present(package.root, table, cell)
    right = _canonical(table, cell[2], value)
    file = file_of(package.root, raw, extract, folder)
    text, wrong, line = read_extract(package.root, file), present, None
    if words[_STATUS] == ACCEPTED and (older := _older(package.root, raw, extract, cell)):
        at, line, first = older
        place = f"{at}:{line}"
        if not supersede:
            found = f"{place}: the cell has an accepted correction already"
            raise FmdataError(f"{found}. To give the older one the status {SUPERSEDED}, say --supersede.")
        if at != file:
            raise FmdataError(f"{place}: the older correction stands in another file than {file}. Name its folder.")
        if right == first:
            found = f"without the correction at {place}, the cell says {_shown(right)} already"
            raise FmdataError(f"{found}. Give that one the status rejected, and no other is needed.")
        text, wrong = amended(extract, file, text, line, {_STATUS: SUPERSEDED}), first
    if right == present:
        raise FmdataError(f"{' '.join(cell)}: the cell says {_shown(present)} already; expected another value.")
    row = {**dict(zip(_CELL, cell, strict=True)), _WRONG: wrong, _RIGHT: right, **words}
    return Correction(present, right, entered(extract, file, text, [row]), line)


def _table(package: Package, table: str, column: str) -> Resource:
    """The table of a cell, which must be one that can be corrected."""
    tables = {own.name: own for own in package if own.primary_key and not own.generated and own.role != ROLE}
    if table not in tables:
        found = f"there is no table {quote(table)} with rows to correct"
        raise FmdataError(f"{found}; expected one of {', '.join(tables)}.")
    columns = [column for column in tables[table].names() if column not in tables[table].primary_key]
    if column in tables[table].primary_key:
        advice = "Keys are for ever: withdraw the row with a tombstone and enter another one"
        raise FmdataError(f"{table}.{column} is part of the key; expected one of {', '.join(columns)}. {advice}.")
    if column not in columns:
        raise FmdataError(f"{table} has no column {quote(column)}; expected one of {', '.join(columns)}.")
    return tables[table]


def _present(root: Path, table: Resource, cell: tuple[str, str, str]) -> str | None:
    """The text that the current build has in a cell, None for a blank."""
    _, key, column = cell
    with (
        tempfile.TemporaryDirectory(prefix="fmdata-") as aside,
        connect(Room(MEMORY, Path(aside))) as con,
        opened("latest", root, Path(aside)) as latest,
    ):
        there = next((own for own in latest.package if own.name == table.name), None)
        if there is None or not {column, *table.primary_key} <= {*there.names()}:
            found = f"the current build has no {table.name}.{column} yet"
            raise FmdataError(f"{found}; expected a build of the present contract. Run `fmdata build` first.")
        side = Side(latest, there, "c")
        keys = " || ' ' || ".join(map(side.column, table.primary_key))
        query = f"SELECT {side.column(column)} FROM {side.rows} WHERE {keys} = $1"
        rows: list[tuple[str | None]] = con.execute(query, [key]).fetchall()
    if not rows:
        parts = ", ".join(table.primary_key)
        advice = ", joined by blanks" if len(table.primary_key) > 1 else ""
        raise FmdataError(f"{table.name} has no row with the key {quote(key)}; expected the {parts} of one{advice}.")
    return rows[0][0]


def _canonical(table: Resource, column: str, value: str | None) -> str | None:
    """A value as it is published, None for a blank."""
    field = table.field(column)
    if value is None or value in field.missing_values:
        if field.required:
            raise FmdataError(f"{table.name}.{column} may not be blank; expected {expected(field)}.")
        return None
    with duckdb.connect() as con:
        typed = f"SELECT {read(field, '$1')} AS typed"
        query = f"SELECT {write(field, 'typed')} FROM ({typed}) WHERE typed IS NOT NULL"
        rows: list[tuple[str]] = con.execute(query, [value]).fetchall()
    if not rows:
        raise FmdataError(f"{quote(value)} is no value of {table.name}.{column}; expected {expected(field)}.")
    return rows[0][0]


def _older(
    root: Path, raw: Package, extract: Resource, cell: tuple[str, str, str]
) -> tuple[str, int, str | None] | None:
    """The accepted correction that a cell has: its file, its line, and the wrong text that it expects."""
    names, blank = extract.names(), extract.field(_WRONG).missing_values
    for file in files_of(root, raw, extract):
        for record in records(extract, file, read_extract(root, file)):
            row = dict(zip(names, record.cells, strict=True))
            if tuple(row[part] for part in _CELL) == cell and row[_STATUS] == ACCEPTED:
                return file, record.line, None if row[_WRONG] in blank else row[_WRONG]
    return None


def _shown(text: str | None) -> str:
    return "nothing" if text is None else quote(text)
