"""Rows that a curator enters: each in the file of its extract, where the order wants it, and nothing else touched."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fmdata.contract import Package, Resource
from fmdata.errors import FmdataError, quote
from fmdata.extracts import RAW

_CSV = ".csv"


@dataclass(frozen=True)
class Entry:
    """A row to enter: its extract, the file it goes into (from the root), its cells, and the line it gets there."""

    resource: Resource
    file: str
    cells: tuple[str, ...]
    line: int
    text: str
    """What the whole file is with it."""


def entered(root: Path, resource: Resource, file: str, values: Mapping[str, str]) -> Entry:
    """An extract's file with one row more; nothing is written yet.

    The row goes where the order of the file wants it: rows sorted by their key, or by a field of whole numbers, stay
    so; to any other file it is added at the end. Raises `FmdataError` for fields that the extract does not have and for
    a file that is not as the contract has it.
    """
    if unknown := [name for name in values if name not in resource.names()]:
        expected = ", ".join(resource.names())
        raise FmdataError(f"{resource.name} has no field {quote(unknown[0])}; expected one of {expected}.")
    cells = tuple(values.get(name, "") for name in resource.names())
    text = _read(root, file)
    rows, lines = _rows(file, text, resource)
    place = _place(resource, rows, cells)
    at = lines[place] if place < len(rows) else text.count("\n")
    kept = text.split("\n")
    own = _written(cells)
    return Entry(resource, file, cells, at + 1, "\n".join([*kept[:at], *own.split("\n"), *kept[at:]]))


def file_of(package: Package, resource: Resource, folder: str | None) -> str:
    """The file that rows of an extract are entered in, from the root.

    Where it has several, `folder` says in which folder below raw/. Raises `FmdataError` where there is none such, or
    one that is no plain CSV file.
    """
    paths = [path for path in resource.paths if folder is None or path.startswith(f"{folder}/")]
    if len(paths) != 1:
        found = f"{resource.name} has {len(paths)} files" + (f" in {RAW}/{folder}/" if folder else "")
        folders = ", ".join(path.rpartition("/")[0] for path in resource.paths)
        raise FmdataError(f"{package.path}: {found}; name the folder of the one to write: {folders}.")
    if not paths[0].endswith(_CSV):
        raise FmdataError(f"{RAW}/{paths[0]}: rows can be entered in plain CSV files only. Unpack it.")
    return f"{RAW}/{paths[0]}"


def _read(root: Path, file: str) -> str:
    try:
        with (root / file).open(encoding="utf-8", newline="") as stream:
            text = stream.read()
    except UnicodeDecodeError as error:
        raise FmdataError(f"{file}: not UTF-8 text ({error.reason}, byte {error.start}). Save it as UTF-8.") from None
    if not text.endswith("\n"):
        raise FmdataError(f"{file}: its last line does not end with a line feed. Add it.")
    return text


def _rows(file: str, text: str, resource: Resource) -> tuple[list[list[str]], list[int]]:
    """The rows of a file, and for each the number of lines before it."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, lines, before = [], [], 0
    try:
        for row in reader:
            rows.append(row)
            lines.append(before)
            before = reader.line_num
    except csv.Error as error:
        raise FmdataError(f"{file}:{reader.line_num}: not CSV ({error}). Run `fmdata check`.") from None
    if rows[:1] != [resource.names()]:
        raise FmdataError(f"{file}:1: its header is not the one of {resource.name}. Run `fmdata check`.")
    return rows[1:], lines[1:]


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
    csv.writer(stream, lineterminator="").writerow(cells)
    return stream.getvalue()
