"""What docs/consumers.md shows reads each cell of each table as it was published, in the programs that it names."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import everything
from conftest import frictionless_unasked
from consuming import PAGE, TELL, environment, needed, of, plain, python, r, section, shell, texts
from fmdata.release import build
from test_portability import OLDER

pytestmark = pytest.mark.heavy
RELEASES = ["fmdata", "small"]


@pytest.fixture(scope="module")
def folders(built, tmp_path_factory) -> dict[str, Path]:
    """By name of the package, a copy of the real release and of one full of traps."""
    real = shutil.copytree(built.folder, tmp_path_factory.mktemp("real") / "release")
    root = everything.project(tmp_path_factory.mktemp("traps") / "project", everything.COMMON)
    with frictionless_unasked():
        build(root, lambda _: None)
    return {"fmdata": real, "small": root / "dist/latest"}


@pytest.fixture(params=RELEASES)
def release(request, folders) -> tuple[str, Path]:
    return request.param, folders[request.param]


def wanted(folder: Path) -> dict[str, list]:
    found = everything.published(folder)
    return {table: [[plain(value) for value in row] for row in rows] for table, (_, rows) in found.items()}


def test_every_block_is_tried():
    """A heading of the page that no test names is a part that nobody ran."""
    tests = "".join(
        path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("test_consumers*.py"))
    )
    for heading, body in re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE.read_text(encoding="utf-8"), re.M | re.S):
        for language in set(re.findall(r"^```(\w+)$", body, re.M)):
            assert f'section("{heading}", "{language}")' in tests, (heading, language)


def test_pandas(release):
    [block] = section("pandas", "python")
    found = python(block, release[1], list(wanted(release[1])))
    assert dates_cut(found) == wanted(release[1])


def dates_cut(found):
    """pandas has moments only: their time is taken off, which must be midnight."""
    return {
        table: [
            [re.sub(r"^([0-9-]{10}) 00:00:00$", r"\1", c) if isinstance(c, str) else c for c in row] for row in rows
        ]
        for table, rows in found.items()
    }


def test_polars(release):
    [block] = section("polars", "python")
    assert python(block, release[1], list(wanted(release[1]))) == wanted(release[1])


def test_duckdb(release):
    [block] = section("DuckDB", "python")
    same_rows(python(block, release[1], list(wanted(release[1])), release[0]), wanted(release[1]))


def same_rows(found, expected):
    """Rows that refer to others of their table stand after them in the DuckDB file."""
    assert found.keys() == expected.keys()
    for table, rows in expected.items():
        assert sorted(map(json.dumps, found[table])) == sorted(map(json.dumps, rows)), table


@pytest.mark.parametrize("version", OLDER)
def test_older_duckdb(folders, older_duckdb, version):
    [block] = section("DuckDB", "python")
    blocks = {table: of(block, table) for table in wanted(folders["fmdata"])}
    command = [sys.executable, "-c", f"import duckdb; assert duckdb.__version__ == {version!r}\n{TELL}"]
    more = environment(PYTHONPATH=str(older_duckdb(version)))
    told = subprocess.run(
        command, cwd=folders["fmdata"], env=more, input=json.dumps(blocks), capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr
    same_rows(json.loads(told.stdout), wanted(folders["fmdata"]))


def test_duckdb_on_the_command_line(folders, built, run):
    program = needed("duckdb")
    [block] = section("DuckDB", "sh")
    assert "ref-01" in shell(block, folders["fmdata"])
    questions = re.findall(r"```sql\n(.*?)```", (built.folder / "COOKBOOK.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(questions) > 20
    for question in questions:
        theirs = subprocess.run(
            [program, "-readonly", "-csv", "-nullvalue", "", "fmdata.duckdb", question],
            cwd=folders["fmdata"], env=environment(), capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        ours = run("query", question, "--format", "csv", "--root", built.folder.parents[1]).stdout
        assert rows_of(theirs) == rows_of(ours), question


def rows_of(text):
    """The rows of a CSV text; of a list, its elements alone, as programs write it in ways of their own."""
    found = list(csv.reader(text.splitlines()))
    return [[re.sub(r"[\[\]'\" ]", "", cell) if cell.startswith("[") else cell for cell in row] for row in found]


def test_readr(release):
    block, _ = section("R", "r")
    needed("Rscript")
    found = r(block, release[1], list(wanted(release[1])))
    assert found == wanted(release[1])


def test_r_alone(release):
    _, block = section("R", "r")
    needed("Rscript")
    cells = {table: texts(release[1] / f"data/{table}.csv")[1:] for table in wanted(release[1])}
    found = r(block, release[1], list(cells))
    assert found == {table: [[cell or None for cell in row] for row in rows] for table, rows in cells.items()}


def test_what_frictionless_of_r_asks_of_a_descriptor(release):
    """Its documentation: the properties of resources, dialects and schemas that it reads, and what it does not."""
    kinds = "string number integer boolean object array date time datetime year yearmonth duration geopoint geojson any"
    dialect = (
        "delimiter lineTerminator doubleQuote quoteChar escapeChar nullSequence skipInitialSpace header commentChar "
        "caseSensitiveHeader"
    )
    package = json.loads((release[1] / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        assert resource["profile"] == "tabular-data-resource" and resource["encoding"] == "utf-8"
        assert not resource["path"].startswith("/") and ".." not in resource["path"]
        assert resource["dialect"].keys() <= set(dialect.split())
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == texts(release[1] / resource["path"])[0]
        assert {field["type"] for field in fields} <= set(kinds.split())
        # It knows the missing values of a whole table only, and no formats of dates but its own.
        assert not [field["name"] for field in fields if "missingValues" in field]
        assert not [field["name"] for field in fields if field["type"] != "string" and "format" in field]
        assert resource["schema"].get("missingValues", [""]) == [""]
