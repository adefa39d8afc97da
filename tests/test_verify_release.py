"""Whoever has a release, and nothing else, is told whether it is sound: by the command, and by the script within it."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import duckdb
import pytest

from fmdata import standalone
from histories import append, build_released, change, edited, orchard

ZIP = "dist/releases/1.0.1/orchard-1.0.1.zip"
SOUND = "orchard 1.0.1: tables: 5, rows: 10; sums, schema and keys hold; CSV and DuckDB say the same."


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """The orchard, released twice; change nothing in it."""
    root = orchard(tmp_path_factory.mktemp("once") / "orchard")
    build_released(root, "1.0.0")
    append(root, "raw/curation/corrections.csv", "trees,a1,height,4,5,Grew.,,2026-03-01,g,curator,accepted")
    build_released(root, "1.0.1", "2026-03-02")
    return root


@pytest.fixture
def folder(once, tmp_path):
    """What the zip of a release holds, to change at will."""
    with zipfile.ZipFile(once / ZIP) as archive:
        archive.extractall(tmp_path)
    return tmp_path / "orchard-1.0.1"


@pytest.mark.parametrize("place", ["1.0.1", "latest", "dist/latest", "dist/releases/1.0.1", ZIP, "unpacked"])
def test_a_sound_release_verifies(once, folder, run, monkeypatch, place):
    monkeypatch.chdir(once)
    told = run("verify", folder if place == "unpacked" else place)
    assert (told.exit_code, told.stdout, told.stderr) == (0, f"{SOUND}\n", "")


def test_so_it_is_told_to_programs(once, run):
    told = json.loads(run("verify", "1.0.1", "--format", "json", "--root", once).stdout)
    contract = json.loads((once / "dist/latest/datapackage.json").read_text())
    assert told == {"name": "orchard", "version": "1.0.1", "content": contract["contentHash"], "tables": 5, "rows": 10,
                    "faults": []}  # fmt: skip


def summed(folder):
    """Let SHA256SUMS be right again."""
    names = sorted(line.split("  ")[1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    lines = (f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names)
    (folder / "SHA256SUMS").write_text("".join(lines))


def described(folder, table, rows=0):
    """Let the descriptor tell of a table's file as it is now, with some rows more."""
    with edited(folder / "datapackage.json") as contract:
        for resource in contract["resources"]:
            if resource["name"] == table:
                data = (folder / resource["path"]).read_bytes()
                resource["hash"] = f"sha256:{hashlib.sha256(data).hexdigest()}"
                resource["bytes"], resource["rowCount"] = len(data), resource["rowCount"] + rows
        lines = sorted(f"{resource['hash'][7:]}  {resource['path']}\n" for resource in contract["resources"])
        contract["contentHash"] = f"sha256:{hashlib.sha256(''.join(lines).encode()).hexdigest()}"


def database(folder, sql):
    with duckdb.connect(str(folder / "orchard.duckdb")) as con:
        con.execute(sql)


def adapted(folder):
    change(folder, "data/trees.csv", "a1,apple,5", "a1,apple,6")
    described(folder, "trees")
    summed(folder)


def dropped(folder):
    """A row is gone from both, and everything says so but the DuckDB file's word for its contents."""
    change(folder, "data/harvests.csv", "p1,2023,12\n", "")
    described(folder, "harvests", -1)
    database(folder, "DELETE FROM harvests WHERE tree_id = 'p1'")
    summed(folder)


def swapped(folder):
    (folder / "orchard.duckdb").unlink()
    database(folder, "CREATE TABLE trees (tree_id VARCHAR); CREATE VIEW harvests AS FROM read_text('/etc/hostname')")
    summed(folder)


TAMPERING = {
    "a cell": (lambda f: change(f, "data/trees.csv", "apple,5", "apple,6"), "data/trees.csv is not the file that was"),
    "a cell, its sum and descriptor": (adapted, "trees: 1 rows differ between CSV and DuckDB"),
    "another DuckDB file": (swapped, "trees: its columns in the DuckDB file are not the contract's"),
    "a value in the DuckDB file": (lambda f: (database(f, "UPDATE trees SET kind = 'fig'"), summed(f)),
                                   "trees: 3 rows differ between CSV and DuckDB"),
    "a macro in the DuckDB file": (lambda f: (database(f, "DROP MACRO TABLE trees_as_of"), summed(f)),
                                   "trees_as_of: the macro in the DuckDB file is not the contract's"),
    "half a DuckDB file": (lambda f: (f / "orchard.duckdb").write_bytes((f / "orchard.duckdb").read_bytes()[:9000]),
                           "orchard.duckdb: it cannot be read"),
    "no DuckDB file": (lambda f: (f / "orchard.duckdb").unlink(), "orchard.duckdb: it cannot be read"),
    "a row dropped from both": (dropped, "orchard.duckdb: its _release tells of other contents"),
    "what changed": (lambda f: change(f, "changes.json", '"new": "5"', '"new": "6"'), "changes.json: its SHA-256"),
    "the history": (lambda f: change(f, "data/_changes.csv", "4,5,Grew.", "4,5,Shrank."), "data/_changes.csv is not"),
    "a file more": (lambda f: (f / "more.txt").touch(), "SHA256SUMS: it does not list the files of the release"),
    "a table more": (lambda f: (f / "data/more.csv").touch(), "data/more.csv is in no table of its contract"),
    "a table less": (lambda f: (f / "data/trees.csv").unlink(), "data/trees.csv is missing"),
    "the script": (lambda f: (f / "verify.py").write_text("print('all is well')"), "verify.py: its SHA-256"),
    "no sums": (lambda f: (f / "SHA256SUMS").unlink(), "SHA256SUMS: it cannot be read"),
    "sums that are no text": (lambda f: (f / "SHA256SUMS").write_bytes(b"\xff"), "SHA256SUMS: it cannot be read"),
    "no contract": (lambda f: (f / "datapackage.json").unlink(), "no datapackage.json"),
    "no contract to speak of": (lambda f: (f / "datapackage.json").write_text("[" * 5000), "datapackage.json"),
    "rows of another number": (lambda f: (described(f, "trees", 1), summed(f)), "trees"),
    "rows of no number": (lambda f: rewritten(f, "rowCount", "many"), "does not say how many rows"),
}  # fmt: skip


@pytest.mark.parametrize(("tamper", "words"), TAMPERING.values(), ids=TAMPERING)
def test_tampering_is_told(folder, run, tamper, words):
    tamper(folder)
    told = run("verify", folder)
    assert (told.exit_code, told.stdout) == (1, "")
    assert words in told.stderr, told.stderr
    assert "Traceback" not in told.stderr


def test_a_key_that_stands_twice_in_both_is_told(folder, run):
    """By hand, the file and the contract agree: the key alone is wrong."""
    append(folder, "data/tombstones.csv", "t,1,withdrawn,,1.0.0,A.", "t,1,withdrawn,,1.0.0,B.")
    described(folder, "tombstones", 2)
    rows = "INSERT INTO tombstones VALUES ('t', '1', 'withdrawn', NULL, '1.0.0', 'A.')"
    with pytest.raises(duckdb.ConstraintException):
        database(folder, f"{rows}; {rows}")
    summed(folder)
    told = run("verify", folder)
    assert told.exit_code == 1 and "tombstones" in told.stderr


def hostile(name, data=b"x"):
    def make(archive):
        archive.writestr(name, data)

    return make


HOSTILE = {
    "out of its folder": (hostile("orchard-1.0.1/../../escaped"), "leads out of its folder"),
    "absolute": (hostile("/escaped"), "leads out of its folder"),
    "beside its folder": (hostile("escaped/file"), "below 2 folders"),
    "a bomb": (hostile("orchard-1.0.1/bomb", b"0" * 30_000_000), "at most 500 times as many"),
    "a file that is a folder": (hostile("orchard-1.0.1/LICENSE/x"), "is a file and the folder of"),
    "a file more": (hostile("orchard-1.0.1/more.txt"), "SHA256SUMS: it does not list the files"),
}


@pytest.mark.parametrize(("make", "words"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_zip_is_refused(once, tmp_path, run, make, words):
    file = Path(shutil.copy(once / ZIP, tmp_path / "hostile.zip"))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        make(archive)
    told = run("verify", file)
    assert (told.exit_code, told.stdout) == (1, "") and words in told.stderr, told.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hostile.zip"]


def test_what_is_no_zip_is_refused(tmp_path, run):
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 and so on")
    told = run("verify", tmp_path / "x.zip")
    assert told.exit_code == 1 and "not a sound zip" in told.stderr


def test_a_release_or_a_source(run):
    assert "Name a release" in run("verify").stderr
    assert "Name a release" in run("verify", "1.0.0", "--source", __file__).stderr


def script(folder, *arguments, cwd=None):
    command = [sys.executable, "-I", str(folder / "verify.py"), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


def test_the_script_needs_nothing_but_python(folder, once, tmp_path):
    assert len(Path(standalone.__file__).read_text().splitlines()) <= 60
    words = f"{len((folder / 'SHA256SUMS').read_text().splitlines())} files, 5 tables: all as they were released.\n"
    assert script(folder, cwd=tmp_path) == (0, words, "")
    # The build has its zip beside it.
    assert script(once / "dist/latest") == (0, words, "")
    assert script(folder, once / "dist/latest") == (0, words, "")


def judged(folder, capsys):
    """What the script says of a folder, without a process of its own."""
    code = standalone.main(folder)
    told = capsys.readouterr()
    assert (told.out == "") == bool(code) == bool(told.err)
    return told.err


RUBBISH = ("", "[]", "null", "{}", '{"resources": 1}', '{"resources": [1]}', '{"resources": ["x"]}', "[" * 100_000,
           '{"resources": [{"schema": {"fields": [{"name": "a"}]}, "path": 1}]}', '{"resources": {"a": []}}',
           '{"resources": [{"schema": [], "path": "data"}]}')  # fmt: skip
WRONG = {
    "a cell": (lambda f: change(f, "data/trees.csv", "apple,5", "apple,6"), "data/trees.csv: changed since"),
    "missing": (lambda f: (f / "README.md").unlink(), "README.md: missing"),
    "a table missing": (lambda f: (f / "data/trees.csv").unlink(), "not the whole package"),
    "extra": (lambda f: (f / "data/more.csv").touch(), "data/more.csv: not a file of this release"),
    "a zip within": (lambda f: (f / "data/more.zip").touch(), "data/more.zip: not a file of this release"),
    "truncated": (lambda f: (f / "LICENSE").write_bytes(b""), "LICENSE: changed since its release"),
    "a row less": (lambda f: (change(f, "data/trees.csv", "p1,pear,7,2001-10-15\n", ""), summed(f)),
                   "data/trees.csv: 2 rows; expected 3"),
    "another header": (lambda f: (change(f, "data/trees.csv", "tree_id,", "tree,"), summed(f)),
                       "its columns are not those of datapackage.json"),
    "a cell less": (lambda f: (change(f, "data/trees.csv", "a1,apple,5,", "a1,apple,"), summed(f)),
                    "some rows have more or fewer cells"),
    "a quote open": (lambda f: (change(f, "data/trees.csv", "p1,pear", 'p1,"pear'), summed(f)), "not the whole"),
    "no sums": (lambda f: (f / "SHA256SUMS").unlink(), "not the whole package: FileNotFoundError"),
    "sums without names": (lambda f: (f / "SHA256SUMS").write_text("a\n"), "not the whole package"),
    "no contract": (lambda f: (f / "datapackage.json").unlink(), "not the whole package"),
    "a link out": (lambda f: rewritten(f, "path", "../../../etc/hostname"), "not"),
    **{f"a contract that is {text[:40]}": (lambda f, text=text: (f / "datapackage.json").write_text(text), "not the")
       for text in RUBBISH},
    **{f"a path that is {path!r}": (lambda f, path=path: rewritten(f, "path", path), "not the whole")
       for path in ("data", "\0", "", None, ["data/trees.csv"])},
}  # fmt: skip


def rewritten(folder, word, value):
    with edited(folder / "datapackage.json") as contract:
        contract["resources"][0][word] = value


@pytest.mark.parametrize(("tamper", "words"), WRONG.values(), ids=WRONG)
def test_the_script_tells_what_is_wrong(folder, capsys, tamper, words):
    tamper(folder)
    assert words in judged(folder, capsys)


def test_the_script_reads_long_cells_and_blank_ones(tmp_path, capsys):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/t.csv").write_text(f"a\n\n{'x' * 1_000_000}\n\n")
    contract = {"resources": [{"path": "data/t.csv", "rowCount": 3, "schema": {"fields": [{"name": "a"}]}}]}
    (tmp_path / "datapackage.json").write_text(json.dumps(contract))
    names = ("data/t.csv", "datapackage.json")
    sums = (f"{hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()}  {name}\n" for name in names)
    (tmp_path / "SHA256SUMS").write_text("".join(sums))
    limit = csv.field_size_limit()
    assert standalone.main(tmp_path) == 0, capsys.readouterr().err
    csv.field_size_limit(limit)
