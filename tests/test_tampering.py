"""What somebody changes behind the back of a build, or of a built release, is told."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from conftest import ROOT

CITATIONS = "raw/holistic-pulse-2024/bibliography_strings.csv"


@pytest.fixture
def release(built, tmp_path):
    """A copy of the built release in a project of its own, to change at will."""
    root = tmp_path / "project"
    shutil.copyfile(
        ROOT / "datapackage.json",
        Path(shutil.copytree(built.folder, root / "dist/latest")).parents[1] / "datapackage.json",
    )
    return root


def change(root, statement):
    with duckdb.connect(str(root / "dist/latest/fmdata.duckdb")) as con:
        con.execute(statement)


@pytest.mark.parametrize(("given", "forged"), [
    ("Goebel A, Krock E, Gentry C", "Krock A, Gentry E, Goebel C"), ("Goebel A, Krock E, ", "Goebel A, "),
    ("2021;131(13):", "2021;13(131):"), (" doi:10.1172/JCI144201", ""), ("et al. Passive", "Passive"),
])  # fmt: skip
def test_a_forged_reference_is_told_without_the_article(project, run, given, forged):
    """Its parts may all stand in the true one: the whole of it does not."""
    file = project / CITATIONS
    text = file.read_text(encoding="utf-8").replace("\u00a0", " ")
    assert text.count(given) == 1
    file.write_text(file.read_text(encoding="utf-8").replace(given, forged), encoding="utf-8")
    told = json.loads(run("check", "--format", "json", "--root", project).stdout)
    assert (CITATIONS, 2, "citation", "value not in its passage") in {
        (f["file"], f["line"], f["field"], f["rule"]) for f in told
    }


def test_a_label_cut_out_of_an_anchored_one_is_told(project, run):
    file = project / "raw/holistic-pulse-2024/treatment_list_items.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("Diamox (acetazolamide)", "acetazolamide"), encoding="utf-8")
    told = json.loads(run("check", "--format", "json", "--root", project).stdout)
    assert (3, "label", "value not in its passage") in {(f["line"], f["field"], f["rule"]) for f in told}


def test_a_value_that_is_not_what_it_rests_on_is_not_found(release, run, article, tmp_path):
    """Whoever changes a cell of the database but not its provenance is told by the comparison with a copy."""
    copy = tmp_path / "copy.txt"
    copy.write_text("\n".join(article[1:]), encoding="utf-8")
    assert run("verify", "--source", copy, "--root", release).exit_code == 0
    change(release, "UPDATE treatments SET label = 'Precedex (wrongdrug)' WHERE label = 'Precedex (dexmedetomidine)'")
    result = run("verify", "--source", copy, "--root", release, "--format", "json")
    absent = [cell for cell in json.loads(result.stdout)["cells"] if not cell["stands"]]
    assert result.exit_code == 1
    assert [(cell["table_name"], cell["column_name"], cell["as_written"]) for cell in absent] == [
        ("treatments", "label", "Precedex (dexmedetomidine)")
    ]


@pytest.mark.parametrize(
    "arguments", [("coverage",), ("trace", "claims", "x"), ("tables",), ("query", "FROM _release")]
)
def test_a_damaged_file_is_told(release, run, arguments):
    path = release / "dist/latest/fmdata.duckdb"
    data = bytearray(path.read_bytes())
    data[12288:] = bytes(byte ^ 0xFF for byte in data[12288:])
    path.write_bytes(data)
    result = run(*arguments, "--root", release)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: ") and "uild it again" in result.stderr


def test_an_older_release_is_told(release, run):
    """The contract is newer than what was built."""
    change(release, "DROP VIEW references_behind; DROP MACRO TABLE where_from")
    result = run("trace", "claims", "x", "--root", release)
    assert result.exit_code == 1 and "is not what the contract says" in result.stderr


def test_closed_output_is_no_defect(built):
    command = f"{sys.executable} -m fmdata coverage --root {built.folder.parents[1]} >&-"
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
