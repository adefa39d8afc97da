"""`fmdata export`: a release in another format, whole or not at all, with nothing changed in it."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

import everything
from fmdata.cli import main
from fmdata.contract.constraints import CONSTRAINTS
from fmdata.exports import sqlite_ddl
from fmdata.release import build
from fmdata.writers.archive import sha256

FORMS = ("sqlite", "xlsx", "parquet")
pytestmark = pytest.mark.usefixtures("without_frictionless")


@pytest.fixture(scope="module")
def every_type(without_frictionless, tmp_path_factory) -> Path:
    """The project with fields of every type, built: look at it, change nothing in it."""
    root = everything.project(tmp_path_factory.mktemp("everything") / "project")
    build(root, lambda _: None)
    return root


@pytest.fixture(scope="module")
def sqlite_once(built, tmp_path_factory) -> Path:
    """The real release in SQLite: look at it, change nothing in it."""
    file = tmp_path_factory.mktemp("sqlite_once") / "a.sqlite"
    result = CliRunner().invoke(
        main, ["export", "--to", "sqlite", "-o", str(file), "--root", str(built.folder.parents[1])]
    )
    assert result.exit_code == 0, result.output
    return file


def contents(place: Path) -> dict[str, bytes]:
    files = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in files}


def exported(run, form, target, root, *options) -> Path:
    result = run("export", "--to", form, "--output", target, "--root", root, *options)
    assert result.exit_code == 0, result.output
    assert result.stdout.endswith(f"\n{target}\n")
    return target


def same_in_sqlite(file: Path, folder: Path) -> int:
    """Assert that an SQLite file has the cells of a release; returns their number."""
    cells = 0
    with closing(sqlite3.connect(file)) as con:
        for table, (fields, rows) in everything.published(folder).items():
            names = ", ".join('"' + field["name"].replace('"', '""') + '"' for field in fields)
            found = con.execute(f'SELECT {names} FROM "{table}" ORDER BY rowid').fetchall()
            read = [[back(f, cell) for f, cell in zip(fields, row, strict=True)] for row in found]
            assert read == rows, table
            cells += sum(map(len, rows))
    return cells


def back(field, cell):
    """A cell of SQLite as a Python value; whatever is not of the type that its field has there is itself."""
    kind = field["type"]
    if cell is None or type(cell) is not {"integer": int, "year": int, "boolean": int, "number": float}.get(kind, str):
        return cell
    if kind == "boolean":
        return bool(cell)
    return everything.value({"type": kind}, cell, []) if kind in ("date", "time", "datetime") else cell


def test_every_cell_of_the_real_release_is_in_sqlite(built, sqlite_once):
    assert same_in_sqlite(sqlite_once, built.folder) > 20_000


def test_every_type_is_in_sqlite(every_type, run, tmp_path):
    file = exported(run, "sqlite", tmp_path / "a.sqlite", every_type)
    assert same_in_sqlite(file, every_type / "dist/latest") > 1_000


def test_sqlite_has_the_keys_of_the_contract(built, sqlite_once):
    contract = json.loads((built.folder / "datapackage.json").read_text(encoding="utf-8"))
    with closing(sqlite3.connect(sqlite_once)) as con:
        assert con.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert con.execute("PRAGMA foreign_key_check").fetchall() == []
        for resource in contract["resources"]:
            schema = resource["schema"]
            told = list(con.execute(f"PRAGMA table_info({resource['name']})"))
            assert [row[1] for row in sorted(told, key=lambda row: row[5]) if row[5]] == schema["primaryKey"]
            needed = {f["name"] for f in schema["fields"] if f.get("constraints", {}).get("required")}
            assert {row[1] for row in told if row[3]} == needed | set(schema["primaryKey"])
            links = {(row[2], row[3], row[4]) for row in con.execute(f"PRAGMA foreign_key_list({resource['name']})")}
            assert links == {
                (key["reference"]["resource"], own, other)
                for key in schema.get("foreignKeys", [])
                for own, other in zip(listed(key["fields"]), listed(key["reference"]["fields"]), strict=True)
            }
            indexed = [row[1] for row in con.execute(f"PRAGMA index_list({resource['name']})")]
            begun = {tuple(r[2] for r in con.execute(f'PRAGMA index_info("{name}")')) for name in indexed}
            for key in schema.get("foreignKeys", []):
                fields = tuple(listed(key["fields"]))
                assert any(index[: len(fields)] == fields for index in begun), key


def listed(fields):
    return [fields] if isinstance(fields, str) else fields


def test_each_constraint_is_one_of_sqlite_or_told():
    assert sqlite_ddl._CHECKS.keys() == CONSTRAINTS.keys()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ("UPDATE autoantibody_rates SET rate_percent = 101", "CHECK"),
        ("UPDATE claims SET modality = 'sure'", "CHECK"),
        ("UPDATE claims SET statement = 'short'", "CHECK"),
        ("UPDATE claims SET claim_id = NULL", "NOT NULL"),
        ("UPDATE claims SET claim_id = 'one'", "UNIQUE"),
        ("UPDATE claims SET subject_id = 'nobody'", "FOREIGN KEY"),
        ("UPDATE bibliography SET year = 'MMXX'", "cannot store TEXT"),
        ("UPDATE bibliography SET et_al = 2", "CHECK"),
    ],
)
def test_sqlite_refuses_what_the_contract_does(sqlite_once, tmp_path, change, word):
    file = shutil.copy(sqlite_once, tmp_path)
    with closing(sqlite3.connect(file)) as con:
        con.execute("PRAGMA foreign_keys = ON")
        with pytest.raises(sqlite3.IntegrityError, match=word):
            con.execute(change)


def test_sqlite_tells_what_it_is(built, sqlite_once):
    with closing(sqlite3.connect(sqlite_once)) as con:
        con.row_factory = sqlite3.Row
        [told] = con.execute("SELECT * FROM _release").fetchall()
        assert (told["version"], told["content_hash"]) == (built.version, built.content)
        assert "rates_with_names" in told["left_out"] and "where_from" in told["left_out"]
        tables = {row[0] for row in con.execute("SELECT table_name FROM _dictionary")}
        assert tables == set(built.counts)
        [statement] = [row[0] for row in con.execute("SELECT sql FROM sqlite_master WHERE name = 'claims'")]
    assert "-- Key of the claim." in statement


@pytest.mark.parametrize("which", ["built", "every_type"])
def test_every_value_is_in_parquet(which, request, run, tmp_path):
    release = request.getfixturevalue(which)
    root = release if which == "every_type" else release.folder.parents[1]
    folder = exported(run, "parquet", tmp_path / "a", root)
    told = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    wanted = everything.published(root / "dist/latest")
    assert {r["name"] for r in told["resources"]} == wanted.keys() and "views" not in told
    for resource in told["resources"]:
        file = folder / resource["path"]
        assert resource["hash"] == f"sha256:{sha256(file)}" and "bytes" not in resource
        rows = duckdb.sql(f"FROM '{file}'").fetchall()
        assert [list(row) for row in rows] == wanted[resource["name"]][1], resource["name"]


@pytest.mark.parametrize("form", FORMS)
def test_the_same_release_gives_the_same_bytes(every_type, built, run, tmp_path, form):
    for root in (every_type, built.folder.parents[1]):
        made = []
        for limit in ("1GB", "4GB"):
            (tmp_path / limit).mkdir(exist_ok=True)
            made.append(contents(exported(run, form, tmp_path / limit / "a", root, "--memory-limit", limit)))
        assert made[0] == made[1]


@pytest.mark.parametrize("form", FORMS)
def test_a_folder_a_zip_and_a_released_version_give_the_same(released_once, run, tmp_path, form):
    packed = next((released_once / "dist/releases/1.0.0").glob("*.zip"))
    shutil.unpack_archive(packed, tmp_path)
    made = []
    for number, place in enumerate([tmp_path / packed.stem, packed, "1.0.0"]):
        (tmp_path / str(number)).mkdir()
        made.append(contents(exported(run, form, tmp_path / str(number) / "a", released_once, "--release", place)))
    assert made[0] == made[1] == made[2]


@pytest.mark.parametrize("form", FORMS)
def test_an_earlier_export_is_replaced(built_once, released_once, run, tmp_path, form):
    old = contents(exported(run, form, tmp_path / "a", released_once))
    new = contents(exported(run, form, tmp_path / "a", built_once))
    assert old != new == contents(exported(run, form, tmp_path / "b", built_once))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_a_crate_has_the_whole_release_and_an_earlier_one_is_replaced(released_once, run, tmp_path):
    made = [contents(exported(run, "ro-crate", tmp_path / name, released_once, "--release", "1.0.0")) for name in "aba"]
    assert made[0] == made[1] == made[2]
    packed = zipfile.ZipFile(next((released_once / "dist/releases/1.0.0").glob("*.zip")))
    release = {name.split("/", 1)[1]: packed.read(name) for name in packed.namelist()}
    assert {file: made[0][file] for file in release} == release
    assert made[0].keys() - release.keys() == {"ro-crate-metadata.json"}
    (tmp_path / "a/mine.txt").write_text("mine")
    result = run("export", "--to", "ro-crate", "-o", tmp_path / "a", "--root", released_once)
    assert result.exit_code == 1 and "something else stands there" in result.stderr
    assert (tmp_path / "a/mine.txt").read_text() == "mine"


def test_a_build_that_is_no_release_is_no_crate(built_once, run, tmp_path):
    result = run("export", "--to", "ro-crate", "-o", tmp_path / "a", "--root", built_once)
    assert result.exit_code == 1 and "an RO-Crate must have one. Release it" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_without_an_output_it_is_named_after_the_data(built_once, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for form in FORMS:
        assert run("export", "--to", form, "--root", built_once).exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "orchard-0.1.0-parquet", "orchard-0.1.0.sqlite", "orchard-0.1.0.xlsx",
    ]  # fmt: skip


def test_what_is_no_export_is_not_replaced(built_once, run, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/notes.txt").write_text("mine")
    for form, words in (("parquet", "something else stands there"), ("xlsx", "not a plain file")):
        result = run("export", "--to", form, "-o", tmp_path / "mine", "--root", built_once)
        assert result.exit_code == 1 and words in result.stderr
    result = run("export", "--to", "parquet", "-o", tmp_path / "mine/notes.txt", "--root", built_once)
    assert result.exit_code == 1 and "something else stands there" in result.stderr
    result = run("export", "--to", "sqlite", "-o", tmp_path / "none/a.sqlite", "--root", built_once)
    assert result.exit_code == 1 and "there is no folder" in result.stderr
    for form in ("sqlite", "xlsx"):
        result = run("export", "--to", form, "-o", tmp_path / "mine/notes.txt", "--root", built_once)
        assert result.exit_code == 1 and f"something else stands there, no {form} file" in result.stderr
    assert contents(tmp_path) == {"mine/notes.txt": b"mine"}
    with zipfile.ZipFile(tmp_path / "mine/packed.zip", "w") as packed:
        packed.writestr("release/SHA256SUMS", "")
    result = run("export", "--to", "xlsx", "-o", tmp_path / "mine/packed.zip", "--root", built_once)
    assert result.exit_code == 1 and "something else stands there, no xlsx file" in result.stderr


def test_wrong_input_is_told(orchard, run, tmp_path):
    result = run("export", "--to", "sqlite", "-o", tmp_path / "a", "--root", orchard)
    assert result.exit_code == 1 and "there is no build" in result.stderr
    result = run("export", "--to", "sqlite", "--release", "9.9.9", "-o", tmp_path / "a", "--root", orchard)
    assert result.exit_code == 1 and "no such version was released" in result.stderr
    assert run("export", "--to", "ods", "--root", orchard).exit_code == 2
    assert run("export", "--root", orchard).exit_code == 2
    assert not (tmp_path / "a").exists()


def test_a_file_that_cannot_be_finished_leaves_the_old_one(built_orchard, run, tmp_path):
    """A release that says more rows than it has is found out after the file is written."""
    target = exported(run, "sqlite", tmp_path / "a", built_orchard)
    before = target.read_bytes()
    descriptor = built_orchard / "dist/latest/datapackage.json"
    told = json.loads(descriptor.read_text(encoding="utf-8"))
    told["resources"][0]["rowCount"] += 1
    descriptor.write_text(json.dumps(told), encoding="utf-8")
    result = run("export", "--to", "sqlite", "-o", target, "--root", built_orchard)
    assert result.exit_code == 1 and "restore it" in result.stderr
    assert target.read_bytes() == before and [path.name for path in tmp_path.iterdir() if path.is_file()] == ["a"]


@pytest.mark.parametrize("form", FORMS)
def test_a_full_disk_is_told_and_leaves_nothing(built_once, tmp_path, form):
    """A limit on the size of files stands for it."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))"
    code = f"{limit}\nfrom fmdata.cli import main\nmain()"
    command = [sys.executable, "-c", code, "export", "--to", form, "-o", "a", "--root", built_once]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.startswith("Error: ") and "Traceback" not in done.stderr, done.stderr
    assert not list(tmp_path.iterdir())


def test_a_package_of_parquet_files_that_is_none_of_ours_stays(built_once, run, tmp_path):
    folder = exported(run, "parquet", tmp_path / "a", built_once)
    text = (folder / "datapackage.json").read_text(encoding="utf-8")
    (folder / "datapackage.json").write_text(text.replace("contentHash", "someHash"), encoding="utf-8")
    result = run("export", "--to", "parquet", "-o", folder, "--root", built_once)
    assert result.exit_code == 1 and "something else stands there" in result.stderr
