"""The workbook of a release: cells are what the contract says, never what they look like."""

from __future__ import annotations

import datetime
import json
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.utils.escape import unescape

import everything
from fmdata.cli import main
from fmdata.exports.xlsx_cells import sheet_names
from fmdata.release import build

pytestmark = pytest.mark.usefixtures("without_frictionless")


def workbook(root: Path, file: Path) -> Path:
    result = CliRunner().invoke(main, ["export", "--to", "xlsx", "-o", str(file), "--root", str(root)])
    assert result.exit_code == 0, result.output
    return file


@pytest.fixture(scope="module")
def every_type(without_frictionless, tmp_path_factory) -> tuple[Path, Path]:
    """The folder and the workbook of a release with fields of every type: look at them, change nothing."""
    root = everything.project(tmp_path_factory.mktemp("everything") / "project")
    build(root, lambda _: None)
    return root / "dist/latest", workbook(root, root / "a.xlsx")


@pytest.fixture(scope="module")
def real(built, tmp_path_factory) -> tuple[Path, Path]:
    """The same of the real release."""
    return built.folder, workbook(built.folder.parents[1], tmp_path_factory.mktemp("real") / "a.xlsx")


def kinds(book) -> dict[tuple[str, str], str]:
    """How each column is written, as the dictionary of the workbook tells it."""
    [header, *rows] = book["_dictionary"].iter_rows(values_only=True)
    told = [dict(zip(header, row, strict=True)) for row in rows]
    return {(row["table_name"], row["column_name"]): row["written_as"] for row in told}


def in_sheet(value, kind):
    """A published value as openpyxl should find it."""
    return datetime.datetime.combine(value, datetime.time()) if kind == "date" and value is not None else value


def found_in(cell, field, kind):
    """A cell as a Python value; one that is text for the sake of others in its column is read as its field's type."""
    if not isinstance(cell, str):
        return cell
    # What looks like an escape of the format is escaped in it, which openpyxl does not undo.
    cell = unescape(cell)
    if kind != "text" or field["type"] not in everything.OTHERS:
        return cell
    return everything.value({"type": field["type"]}, cell, [])


@pytest.mark.parametrize("which", ["real", "every_type"])
def test_every_cell_is_in_the_workbook(which, request):
    folder, file = request.getfixturevalue(which)
    book = openpyxl.load_workbook(file)
    written = kinds(book)
    for table, (fields, rows) in everything.published(folder).items():
        header, *sheet = book[table].iter_rows()
        assert [cell.value for cell in header] == [field["name"] for field in fields]
        assert len(sheet) == len(rows)
        for cells, row in zip(sheet, rows, strict=True):
            for cell, field, value in zip(cells, fields, row, strict=True):
                kind = written[table, field["name"]]
                assert cell.data_type != "f"
                assert found_in(cell.value, field, kind) == in_sheet(value, kind), (table, cell.coordinate)


def test_numbers_and_dates_that_excel_would_change_are_text(every_type):
    book = openpyxl.load_workbook(every_type[1])
    fields, _ = everything.published(every_type[0])["t"]
    written = [kinds(book)["t", field["name"]] for field in fields][1 + len(everything.KINDS) :]
    assert written == [
        "number",
        "text",
        "number",
        "text",
        "date",
        "text",
        "date and time",
        "text",
        "time",
        *["text"] * 3,
    ]


@pytest.mark.parametrize("which", ["real", "every_type"])
def test_there_is_nothing_but_values(which, request):
    """No formula, link or error: what looks like one is text."""
    with zipfile.ZipFile(request.getfixturevalue(which)[1]) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/")]
        assert not [name for name in archive.namelist() if "calcChain" in name or "externalLink" in name]
        assert {info.date_time[0] for info in archive.infolist()} == {1980}
    assert sheets
    for sheet in sheets:
        assert not re.search(r"<f[ >]|<hyperlink|t=\"(?:e|str|d)\"", sheet)


def test_empty_text_is_told_from_a_blank(every_type):
    folder, file = every_type
    fields, rows = everything.published(folder)["t"]
    with zipfile.ZipFile(file) as archive:
        text = archive.read("xl/worksheets/sheet3.xml").decode()
    empty = sum(row.count("") for row in rows)
    assert empty and len(re.findall(r"<is><t></t></is>|<is><t/></is>", text)) == empty
    cells = re.findall(r"<c [^>]*?(?:/>|>.*?</c>)", text, re.DOTALL)
    assert len(cells) == len(fields) + sum(value is not None for row in rows for value in row)


def test_the_first_sheet_tells_the_release(real, built):
    book = openpyxl.load_workbook(real[1])
    assert book.sheetnames == ["_release", "_dictionary", *built.counts]
    told = {row[0]: row[1] for row in book["_release"].iter_rows(values_only=True)}
    assert (told["version"], told["content_hash"]) == (built.version, built.content)
    assert f"Version {built.version}." in told["citation"] and told["licenses"] == "CC-BY-4.0"
    assert "where_from" in told["left_out"]
    assert {row[0]: row[2] for row in book["_release"].iter_rows(values_only=True)}["claims"] == "100"
    # A file of this kind has a date, whatever one may say: that of a build that is no release is the first there is.
    assert str(book.properties.created.date()) == (told["released"] or "1980-01-01")


def test_a_sheet_is_ready_to_be_used(real):
    sheet = openpyxl.load_workbook(real[1])["claims"]
    assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref.startswith("A1:")
    assert sheet["A1"].font.bold and 8 <= sheet.column_dimensions["A"].width <= 60
    # Words that need several lines have the room: not every program makes it.
    about = sheet.parent["_release"]
    [description] = [cell.row for cell in about["A"] if cell.value == "description"]
    assert about.row_dimensions[description].height >= 45


def test_names_of_sheets():
    long = "a" * 31
    found = sheet_names(["_release", "history", long, long + "b", long + "c", "x"], ("_release", "_dictionary"))
    assert found == {
        "_release": "_release~2", "history": "history~2", long: long, long + "b": "a" * 29 + "~2",
        long + "c": "a" * 29 + "~3", "x": "x",
    }  # fmt: skip


def refused(root, run, tmp_path):
    result = run("export", "--to", "xlsx", "-o", tmp_path / "a.xlsx", "--root", root)
    assert result.exit_code == 1 and not list(tmp_path.glob("*.xlsx*")) + list(tmp_path.glob(".a*"))
    return result.stderr


@pytest.mark.parametrize("text", ["x" * 32_768, "😀" * 16_384])
def test_a_text_beyond_a_cell_is_refused(small, run, tmp_path, text):
    fields = [{"name": "id", "type": "integer"}, {"name": "words", "type": "string"}]
    root = small({"fields": fields, "primaryKey": "id"}, {"raw/t.csv": f"id,words\n1,x\n2,{text[:-1]}\n"})
    build(root, lambda _: None)
    workbook(root, tmp_path / "fits.xlsx").unlink()
    (root / "raw/t.csv").write_text(f"id,words\n1,x\n2,{text}\n", encoding="utf-8")
    build(root, lambda _: None)
    told = "t, words: row 2 has 32,768 characters; a cell of Excel has room for 32,767. Export to sqlite or parquet."
    assert told in refused(root, run, tmp_path)


def test_too_many_rows_are_refused(small, run, tmp_path):
    field = {"name": "id", "type": "integer", "constraints": {"required": True}}
    root = small({"fields": [field]}, {"raw/t.csv": "id\n" + "7\n" * 1_048_576})
    contract = json.loads((root / "datapackage.json").read_text(encoding="utf-8"))
    # Nothing is sampled for frictionless, which is not asked.
    text = json.dumps({**contract, "limits": {"validation": 2_000_000}})
    (root / "datapackage.json").write_text(text, encoding="utf-8")
    build(root, lambda _: None)
    told = "t: 1,048,576 rows; a sheet of Excel has room for 1,048,575. Export to sqlite or parquet."
    assert told in refused(root, run, tmp_path)
