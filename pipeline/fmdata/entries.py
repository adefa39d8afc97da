"""Rows that a curator enters: each in the file of its extract, where the order wants it, and nothing else touched."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fmdata.contract import Package, Resource
from fmdata.errors import FmdataError, quote
from fmdata.extracts import RAW, discover

_CSV = ".csv"
# The text of each field, None for a blank; fields that are left out are blank.
Values = Mapping[str, str | None]


@dataclass(frozen=True)
class Entered:
    """An extract's file, from the root, with some rows more: the line that each of them gets, and the whole text."""

    resource: Resource
    file: str
    rows: tuple[Values, ...]
    lines: tuple[int, ...]
    text: str


@dataclass(frozen=True)
class Record:
    """A row of an extract's file as it stands: its cells, the line it begins on, and how many lines it takes."""

    cells: list[str]
    line: int
    length: int


def entered(resource: Resource, file: str, text: str, rows: Sequence[Values]) -> Entered:
    """An extract's file, whose text is `text`, with some rows more; nothing is written yet.

    A row goes where the order of the file wants it: rows sorted by a field of whole numbers, or by their key, stay so;
    to any other file it is added at the end. Raises `FmdataError` for fields that the extract does not have and for a
    file that is not as the contract has it.
    """
    lines: list[int] = []
    for values in rows:
        there = records(resource, file, text)
        cells = _cells(resource, values)
        place = _place(resource, [record.cells for record in there], cells)
        line = there[place].line if place < len(there) else text.count("\n") + 1
        own = _written(cells).split("\n")
        kept = text.split("\n")
        text = "\n".join([*kept[: line - 1], *own, *kept[line - 1 :]])
        lines = [*(one + len(own) if one >= line else one for one in lines), line]
    return Entered(resource, file, tuple(rows), tuple(lines), text)


def amended(resource: Resource, file: str, text: str, line: int, values: Values) -> str:
    """The text of an extract's file with other values in the row that begins on a line."""
    [record] = [record for record in records(resource, file, text) if record.line == line]
    kept, end = text.split("\n"), line - 1 + record.length
    cells = {**dict(zip(resource.names(), record.cells, strict=True)), **values}
    return "\n".join([*kept[: line - 1], *_written(_cells(resource, cells)).split("\n"), *kept[end:]])


def file_of(root: Path, raw: Package, resource: Resource, folder: str | None) -> str:
    """The file that rows of an extract are entered in, from the root.

    Where it has several, `folder` says in which folder below raw/. Raises `FmdataError` where there is none such, or
    one that is no plain CSV file.
    """
    every = files_of(root, raw, resource)
    folders = [file.rpartition("/")[0].removeprefix(RAW).strip("/") for file in every]
    files = [file for file, own in zip(every, folders, strict=True) if folder is None or own == folder.strip("/")]
    if len(files) != 1:
        found = f"{len(files) or 'no'} files" + (f" in {RAW}/{folder}" if folder else "")
        expected = f"expected one, in one of the folders {', '.join(filter(None, folders))}"
        raise FmdataError(f"{resource.name} has {found}; {expected}. Name it with --folder.")
    if not files[0].endswith(_CSV):
        raise FmdataError(f"{files[0]}: found a file that is packed; expected plain CSV to enter rows in. Unpack it.")
    return files[0]


def files_of(root: Path, raw: Package, resource: Resource) -> tuple[str, ...]:
    """The files of an extract, from the root."""
    return next(extract.files for extract in discover(root, raw)[0] if extract.resource.name == resource.name)


def read_extract(root: Path, file: str) -> str:
    """The text of an extract's file. Raises `FmdataError` for one that is none, or whose last line does not end."""
    try:
        with (root / file).open(encoding="utf-8", newline="") as stream:
            text = stream.read()
    except FileNotFoundError:
        raise FmdataError(f"{file}: there is no such file; expected one with a header at least. Add it.") from None
    except UnicodeDecodeError as error:
        raise FmdataError(f"{file}: not UTF-8 text ({error.reason}, byte {error.start}). Save it as UTF-8.") from None
    if not text.endswith("\n"):
        raise FmdataError(f"{file}: its last line does not end with a line feed. Add it.")
    return text


def records(resource: Resource, file: str, text: str) -> list[Record]:
    """The rows of an extract's file."""
    reader = csv.reader(io.StringIO(text, newline="\n"), strict=True)
    rows, before = [], 0
    try:
        for row in reader:
            rows.append(Record(row, before + 1, reader.line_num - before))
            before = reader.line_num
            if len(row) != len(resource.fields):
                found, expected = f"{len(row)} cells", f"{len(resource.fields)}, as {resource.name} has fields"
                raise FmdataError(f"{file}:{rows[-1].line}: found {found}; expected {expected}. Run `fmdata check`.")
    except csv.Error as error:
        raise FmdataError(f"{file}:{reader.line_num}: not CSV ({error}). Run `fmdata check`.") from None
    if not rows or rows[0].cells != resource.names():
        raise FmdataError(f"{file}:1: its header is not the one of {resource.name}. Run `fmdata check`.")
    return rows[1:]


def _cells(resource: Resource, values: Values) -> list[str]:
    """A row's texts in the order of the fields; a blank is the field's first missing value."""
    if unknown := [name for name in values if name not in resource.names()]:
        expected = ", ".join(resource.names())
        raise FmdataError(f"{resource.name} has no field {quote(unknown[0])}; expected one of {expected}.")
    cells = []
    for field in resource.fields:
        text = values.get(field.name)
        cells.append((field.missing_values[0] if field.missing_values else "") if text is None else text)
        if cells[-1].encode("utf-8", "replace").decode("utf-8") != cells[-1]:
            raise FmdataError(f"{resource.name}.{field.name}: {quote(cells[-1])} is no text that UTF-8 can hold.")
    return cells


def _place(resource: Resource, rows: Sequence[Sequence[str]], cells: Sequence[str]) -> int:
    """Before which row a new one goes."""
    for fields in _orders(resource):
        keys = [_key(resource, fields, row) for row in rows]
        own = _key(resource, fields, cells)
        known = [key for key in keys if key is not None]
        if own is None or len(known) < len(keys) or len(keys) < 2 or known != sorted(known):
            continue
        return next((number for number, key in enumerate(known) if key > own), len(rows))
    return len(rows)


def _orders(resource: Resource) -> list[tuple[str, ...]]:
    """By which fields the rows of an extract may be in order, the most telling first."""
    numbers = [(field.name,) for field in resource.fields if field.type == "integer"]
    return [*numbers, *([resource.primary_key] if resource.primary_key else [])]


def _key(resource: Resource, fields: tuple[str, ...], row: Sequence[str]) -> tuple[int | str, ...] | None:
    """What a row is ordered by; None where a cell of it is no value."""
    found: list[int | str] = []
    for field in fields:
        text = row[resource.names().index(field)]
        try:
            found.append(int(text) if resource.field(field).type == "integer" else text)
        except ValueError:
            return None
    return tuple(found)


def _written(cells: Sequence[str]) -> str:
    """A row as a line of CSV, without its end."""
    stream = io.StringIO(newline="")
    # Before Python 3.13, only what stands in the line end is quoted for its sake.
    csv.writer(stream, lineterminator="\r\n").writerow(cells)
    return stream.getvalue().removesuffix("\r\n")
