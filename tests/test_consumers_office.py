"""LibreOffice, workbooks, SQLite with Datasette and Parquet, read as docs/consumers.md shows it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from consuming import BIN, environment, needed, of, python, section, shell, texts
from test_consumers import dates_cut, folders, release, wanted  # noqa: F401

pytestmark = pytest.mark.heavy
ASK = """
import asyncio, json, sys
from datasette.app import Datasette

async def main():
    site = Datasette([sys.argv[1] + ".sqlite"], settings={"max_returned_rows": 100000})
    await site.invoke_startup()
    async def get(path):
        return (await site.client.get(path)).json()
    tables = (await get(f"/{sys.argv[1]}.json"))["tables"]
    for table in tables:
        table["rows"] = await get(f"/{sys.argv[1]}/{table['name']}.json?_shape=array&_size=max")
    print(json.dumps(tables))

asyncio.run(main())
"""


def shown(block: str, of_release: tuple[str, Path], table: str) -> str:
    return shell(of(block, table, of_release[0]), of_release[1])


def office(block: str, folder: Path) -> None:
    """Run a block with LibreOffice, its profile in the folder."""
    needed("soffice")
    shell(block.replace("soffice", f"soffice -env:UserInstallation=file://{folder}/.profile"), folder)


@pytest.fixture
def exports(release) -> tuple[str, Path]:  # noqa: F811
    """A release with what `fmdata export` made of it beside its files."""
    for form, (block, *_) in {
        "xlsx": section("Excel workbook", "sh"),
        "sqlite": section("SQLite and Datasette", "sh"),
        "parquet": section("Parquet", "sh"),
    }.items():
        if not list(release[1].glob(f"{release[0]}?{form}")):
            assert "rows: " in shown(block, release, "x")
    return release


def test_libreoffice_changes_nothing(release):  # noqa: F811
    """All tables in one run, and every one as a whole: cells, order and blanks."""
    [block] = section("LibreOffice", "sh")
    office(block.replace("data/bibliography.csv", "data/*.csv"), release[1])
    for table in wanted(release[1]):
        assert texts(release[1] / f"again/{table}.csv") == texts(release[1] / f"data/{table}.csv"), table


def test_libreoffice_changes_cells_that_are_no_text(folders):  # noqa: F811
    """What the page warns of is so."""
    [block] = section("LibreOffice", "sh")
    folder = folders["small"]
    office(block.replace(",$texts", "").replace("again", "changed").replace("bibliography", "t"), folder)
    before, after = (texts(folder / f"{place}/t.csv") for place in ("data", "changed"))
    assert {"007", "0.10"} <= {row[-1] for row in before} - {row[-1] for row in after}


def test_libreoffice_reads_the_workbook(exports):
    _, block = section("Excel workbook", "sh")
    office(of(block, "x", exports[0]), exports[1])
    kinds = written_as(exports[1], exports[0])
    for table in wanted(exports[1]):
        header, *rows = texts(exports[1] / f"sheets/{exports[0]}-{table}.csv")
        sheet = [[same(kinds[table, name], cell) for name, cell in zip(header, row, strict=True)] for row in rows]
        header, *rows = texts(exports[1] / f"data/{table}.csv")
        assert sheet == [
            [same(kinds[table, name], cell) for name, cell in zip(header, row, strict=True)] for row in rows
        ], table


def written_as(folder: Path, package: str) -> dict[tuple[str, str], str]:
    header, *rows = texts(folder / f"sheets/{package}-_dictionary.csv")
    told = [dict(zip(header, row, strict=True)) for row in rows]
    return {(row["table_name"], row["column_name"]): row["written_as"] for row in told}


def same(kind: str, cell: str) -> object:
    """A cell's value where programs write it in more than one way: TRUE and true, 7 and 7.0."""
    return float(cell) if kind == "number" and cell else cell.lower() if kind == "boolean" else cell


def test_openpyxl_and_pandas_read_the_workbook(exports):
    tables = list(wanted(exports[1]))
    for block in section("Excel workbook", "python"):
        found = dates_cut(python(block, exports[1], tables, exports[0]))
        for table, rows in wanted(exports[1]).items():
            assert len(found[table]) == len(rows)
            for ours, theirs in zip(rows, found[table], strict=True):
                assert [as_ours(cell, own) for cell, own in zip(theirs, ours, strict=True)] == ours


def as_ours(cell, own):
    """A cell as a value like ours: a number may be text, since one of its column would be cut by Excel."""
    if not isinstance(cell, str):
        return cell
    return cell.replace("_x005F_", "_") if isinstance(own, str) else type(own)(cell)


def test_sqlite(exports):
    [block] = section("SQLite and Datasette", "python")
    found = python(block, exports[1], list(wanted(exports[1])), exports[0])
    # 0 and 1 are false and true.
    assert found == wanted(exports[1])


def test_datasette(exports):
    needed("datasette")
    _, block = section("SQLite and Datasette", "sh")
    expected = wanted(exports[1])
    first = "bibliography" if "bibliography" in expected else "t"
    text = shown(block, exports, first)
    counts, rows = json.JSONDecoder().raw_decode(text)[0], json.loads(text[json.JSONDecoder().raw_decode(text)[1] :])
    assert {t: n["count"] for t, n in counts[exports[0]]["tables"].items() if t in expected} == {
        table: len(found) for table, found in expected.items()
    }
    assert len(rows) == min(len(expected[first]), 100)
    told = subprocess.run(
        [BIN / "python", "-c", ASK, exports[0]], cwd=exports[1], env=environment(), capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr
    tables = {table["name"]: table for table in json.loads(told.stdout)}
    contract = json.loads((exports[1] / "datapackage.json").read_text(encoding="utf-8"))
    for resource in contract["resources"]:
        found = tables[resource["name"]]
        names = [field["name"] for field in resource["schema"]["fields"]]
        rows = [[row[name] for name in names] for row in found["rows"]]
        assert in_any_order(rows) == in_any_order(expected[resource["name"]])
        links = {(key["column"], key["other_table"]) for key in found["foreign_keys"]["outgoing"]}
        # A key of several columns is none for Datasette.
        keys = [key for key in resource["schema"].get("foreignKeys", []) if len(key["fields"]) == 1]
        assert links == {(key["fields"][0], key["reference"]["resource"]) for key in keys}


def in_any_order(rows):
    """Datasette sorts by key. 0 and 1 are false and true."""
    return sorted(json.dumps([int(cell) if isinstance(cell, bool) else cell for cell in row]) for row in rows)


def test_parquet(exports):
    tables = list(wanted(exports[1]))
    blocks = section("Parquet", "python")
    assert len(blocks) == 3
    for block in blocks:
        assert python(block, exports[1], tables, exports[0]) == wanted(exports[1])
