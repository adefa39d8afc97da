"""The Excel workbook of a release: a sheet about it, the dictionary, and a sheet a table.

Every cell is written as what its column is (`xlsx_cells.py`): a text is text, whatever it looks like. The same release
gives the same bytes: fixed dates within the file, and for its creation that of the release.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter
import xlsxwriter.exceptions
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from fmdata.errors import FmdataError
from fmdata.exports.rows import left_out, rows, table_dictionary
from fmdata.exports.xlsx_cells import MOST_CHARACTERS, TEXT, Column, columns, sheet_names
from fmdata.history import Published
from fmdata.progress import Progress, Step
from fmdata.writers.about import RELEASE_COLUMNS, release_row
from fmdata.writers.citation import citation
from fmdata.writers.dictionary import COLUMNS

_RELEASE, _DICTIONARY = "_release", "_dictionary"
# What a file of no release says of its creation: the earliest that its zip can hold.
_NEVER = "1980-01-01"
_NARROWEST, _WIDEST = 8, 60
# The widths of the first sheet, and the height of a line and how many of them a row can have.
_ABOUT = (34, 80, 60)
_LINE, _MOST_LINES = 15, 27
# Half of what a cell holds, so that no signs that count twice are too many.
_CUT = MOST_CHARACTERS // 2 - 1
_CITATION = "How to cite it."
_LEFT_OUT = "What the DuckDB file has and this one has not."
Write = Callable[[Worksheet, int, int, Any, Format], int]
_WRITE: dict[str, Write] = {
    TEXT: Worksheet.write_string,
    "number": Worksheet.write_number,
    "boolean": Worksheet.write_boolean,
    "date": Worksheet.write_datetime,
    "date and time": Worksheet.write_datetime,
    "time": Worksheet.write_datetime,
}


class _Book:
    """A workbook that is being written, with the formats of its cells."""

    def __init__(self, path: Path, scratch: Path, release: Published) -> None:
        # Rows go to the file as they come, so that memory is not the limit.
        self.file = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": str(scratch)})
        created = str(release.package.descriptor.get("created", ""))[:10] or _NEVER
        words = {"title": release.package.descriptor["title"], "comments": f"Version {release.package.version}"}
        self.file.set_properties({**words, "created": datetime.datetime.fromisoformat(created)})
        self.bold = self.file.add_format({"bold": True, "num_format": "@"})
        self.wrapped = self.file.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self._formats: dict[str, Format] = {}

    def format(self, form: str) -> Format:
        if form not in self._formats:
            self._formats[form] = self.file.add_format({"num_format": form})
        return self._formats[form]


def write_xlsx(
    con: duckdb.DuckDBPyConnection, release: Published, path: Path, scratch: Path, progress: Progress
) -> None:
    """Write the new file `path`, with temporary files in `scratch`.

    Raises `FmdataError` for a release that a workbook cannot hold, before anything is written.
    """
    package = release.package
    step = Step("writing the workbook")
    progress(step)
    found = {resource.name: columns(con, release, resource) for resource in package}
    sheets = sheet_names(list(found), (_RELEASE, _DICTIONARY))
    book = _Book(path, scratch, release)
    _about(book, release, sheets)
    _dictionary(book, release, sheets, found)
    for resource in package:
        own, count = found[resource.name], release.rows(resource.name)
        sheet = book.file.add_worksheet(sheets[resource.name])
        _head(book, sheet, [column.field.name for column in own], [column.width for column in own], count)
        writing = [(_WRITE[column.kind], book.format(column.format)) for column in own]
        for number, row in enumerate(rows(con, release, resource, [column.sql for column in own]), 1):
            _write_row(sheet, number, row, writing)
            step.rows += 1
        _allow_numbers_in_texts(sheet, own, count)
    progress(Step("packing the workbook"))
    try:
        book.file.close()
    except xlsxwriter.exceptions.FileCreateError as error:
        raise FmdataError(f"the workbook cannot be written ({error}). Is there space for it?") from None


def _write_row(sheet: Worksheet, number: int, row: Sequence[Any], writing: list[tuple[Write, Format]]) -> None:
    for place, (value, (write, form)) in enumerate(zip(row, writing, strict=True)):
        if value is not None:
            write(sheet, number, place, value, form)


def _about(book: _Book, release: Published, sheets: dict[str, str]) -> None:
    """The first sheet: a line for each thing to know of the release, then the tables with their sheets."""
    package = release.package
    told = dict(zip(RELEASE_COLUMNS, release_row(package, release.content), strict=True))
    told["citation"] = citation(package)
    words = {**RELEASE_COLUMNS, "citation": _CITATION, "left_out": _LEFT_OUT}
    if untold := left_out(release):
        told["left_out"] = untold
    sheet = book.file.add_worksheet(_RELEASE)
    for place, width in enumerate(_ABOUT):
        sheet.set_column(place, place, width)
    lines = [["property", "value", "what it says"], *([key, said, words[key]] for key, said in told.items()), []]
    tables = [[sheets[r.name], r.description or r.title, f"{release.rows(r.name):,}"] for r in package]
    headed = [0, len(lines)]
    for number, line in enumerate([*lines, ["sheet", "what one row is", "rows"], *tables]):
        _write_texts(sheet, number, line, _ABOUT, book.bold if number in headed else book.wrapped)


def _dictionary(book: _Book, release: Published, sheets: dict[str, str], found: dict[str, list[Column]]) -> None:
    """The dictionary of the tables, with the sheet of each, and with what the cells of each column are."""
    kinds = {(table, column.field.name): column.kind for table, own in found.items() for column in own}
    told = [[sheets[row[0]], *row, kinds[row[0], row[1]]] for row in table_dictionary(release.package)]
    header = ["sheet", *COLUMNS, "written_as"]
    sheet = book.file.add_worksheet(_DICTIONARY)
    widths = [max(len(text) for text in column) for column in zip(header, *told, strict=True)]
    shown = _head(book, sheet, header, widths, len(told))
    for number, row in enumerate(told, 1):
        _write_texts(sheet, number, row, shown, book.wrapped)


def _head(book: _Book, sheet: Worksheet, header: list[str], widths: list[int], count: int) -> list[int]:
    """The header, which stays in sight and filters, over columns as wide as what is in them, within reason.

    Returns how wide they are.
    """
    shown = [min(max(width + 2, _NARROWEST), _WIDEST) for width in widths]
    for place, (title, width) in enumerate(zip(header, shown, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, title, book.bold)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, count, len(header) - 1)
    return shown


def _write_texts(sheet: Worksheet, number: int, texts: Sequence[str], widths: Sequence[int], form: Format) -> None:
    """A row of words of ours, as high as they need: not every program finds that out. What no cell holds is cut."""
    lines = max((-(-len(text) // (width - 2)) for text, width in zip(texts, widths, strict=False)), default=1)
    sheet.set_row(number, _LINE * min(max(lines, 1), _MOST_LINES))
    for place, text in enumerate(texts):
        if text:
            sheet.write_string(number, place, text if len(text) <= _CUT else f"{text[:_CUT]}…", form)


def _allow_numbers_in_texts(sheet: Worksheet, own: list[Column], count: int) -> None:
    """Excel is not to mark every text that looks like a number as an error, with the offer to change it into one."""
    areas = [xlsxwriter.utility.xl_range(1, n, count, n) for n, c in enumerate(own) if c.kind == TEXT]
    if areas and count:
        sheet.ignore_errors({"number_stored_as_text": " ".join(areas)})
