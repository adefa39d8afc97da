"""A release is the same bytes wherever it is built, and there is always a whole one, whatever happens."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import duckdb
import frictionless
import pytest

from conftest import ROOT, VERSION, copy_inputs
from fmdata import swap
from fmdata.assemble import workspace
from fmdata.changes import dated
from fmdata.contract import Package, load
from fmdata.errors import FmdataError
from fmdata.independent import IndependentReader
from fmdata.sql import MEMORY, Room
from fmdata.verify import check_sums, compare, verify
from fmdata.writers.archive import files, write_sums, write_zip
from fmdata.writers.shape import shape_of_contract
from recounting import fingerprints

FMDATA = [sys.executable, "-m", "fmdata"]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def fmdata(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **environment}
    return subprocess.run([*FMDATA, *arguments], cwd=cwd, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def release(built, tmp_path):
    """A copy of the built release, to spoil."""
    return Path(shutil.copytree(built.folder, tmp_path / "latest"))


@pytest.mark.parametrize("environment", [
    {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
    {"TZ": "America/St_Johns", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2", "POLARS_MAX_THREADS": "1"},
])  # fmt: skip
def test_the_same_bytes_anywhere(built, tmp_path, environment):
    root = copy_inputs(tmp_path / "somewhere else", releases=True)
    result = fmdata("build", cwd=root, **environment)
    assert result.returncode == 0, result.stderr
    assert contents(root / "dist/latest") == contents(built.folder)


def test_what_is_committed_is_what_the_build_makes(built):
    wanted = {file: text for file, text in contents(built.folder).items() if not file.endswith((".duckdb", ".zip"))}
    tracked = subprocess.run(
        ["git", "ls-files", "dist/latest"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    found = {file.removeprefix("dist/latest/"): (ROOT / file).read_bytes() for file in tracked}
    stale = sorted(file for file in found.keys() | wanted.keys() if found.get(file) != wanted.get(file))
    assert not stale, "run `make build` and commit dist/latest"
    assert (ROOT / "CITATION.cff").read_bytes() == wanted["CITATION.cff"], "copy dist/latest/CITATION.cff to the root"


def test_the_root_descriptor_is_valid_for_frictionless(built):
    report = frictionless.validate(str(built.folder.parents[1] / "datapackage.json"))
    assert report.valid, report.flatten(["place", "message"])
    assert {task.name: task.stats.get("rows", 0) for task in report.tasks} == built.counts


def test_the_extracts_are_valid_for_frictionless():
    report = frictionless.validate(str(ROOT / "raw/datapackage.json"))
    assert report.valid, report.flatten(["place", "message"])


def test_the_sums_hold_for_coreutils(release):
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=release, check=True)
    assert len((release / "SHA256SUMS").read_text().splitlines()) == len(files(release))


def test_the_zip_holds_the_release_below_one_folder(release):
    with zipfile.ZipFile(release / f"fmdata-{VERSION}.zip") as archive:
        packed = {entry.removeprefix(f"fmdata-{VERSION}/"): archive.read(entry) for entry in archive.namelist()}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    there = contents(release)
    del there[f"fmdata-{VERSION}.zip"]
    assert packed == there


SPOILS = {
    "a cell of a CSV file": lambda folder: replace(folder / "data/autoantibody_rates.csv", "73", "74"),
    "a row of a CSV file": lambda folder: replace(folder / "data/study_measures.csv", ",tension,", ",tensions,"),
    "a row of the DuckDB file": lambda folder: change(folder, "DELETE FROM study_measures WHERE label = 'tension'"),
    "a value in the DuckDB file": lambda folder: change(
        folder, "UPDATE study_measures SET label = 'x' WHERE rowid = 0"
    ),
}


def rewrite(folder: Path) -> None:
    """Make sums and zip anew, as somebody would who wants a change to pass unnoticed."""
    for path in folder.glob("*.zip"):
        path.unlink()
    write_sums(folder, {})
    write_zip(folder, f"fmdata-{VERSION}")


def remake(folder: Path) -> None:
    """A table of the same rows without its keys, checks and comments."""
    change(folder, "CREATE OR REPLACE TABLE study_measures AS FROM study_measures")


GUTTED = {
    "sums that list nothing": lambda folder: (folder / "SHA256SUMS").write_text(""),
    "no zip": lambda folder: (folder / f"fmdata-{VERSION}.zip").unlink(),
    "an empty zip": lambda folder: zipfile.ZipFile(folder / f"fmdata-{VERSION}.zip", "w").close(),
    "a row count that is wrong": lambda folder: (
        replace(folder / "datapackage.json", '"rowCount": 7', '"rowCount": 8'),
        rewrite(folder),
    ),
    "no view": lambda folder: (change(folder, "DROP VIEW drugs"), rewrite(folder)),
    "no dictionary": lambda folder: (change(folder, "DROP TABLE _dictionary"), rewrite(folder)),
    "a table without constraints": lambda folder: (remake(folder), rewrite(folder)),
    "another comment": lambda folder: (change(folder, "COMMENT ON COLUMN claims.statement IS 'x'"), rewrite(folder)),
}


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def change(folder: Path, sql: str) -> None:
    with duckdb.connect(str(folder / "fmdata.duckdb")) as con:
        con.execute(sql)


def verify_all(folder: Path, package: Package, counts: dict[str, int], reader: IndependentReader) -> None:
    room = Room(MEMORY, folder.parent)
    told = fingerprints(folder, package, room), shape_of_contract(package, counts, room)
    compared = compare(folder, package, counts, *told, room)
    verify(folder, package, counts, reader, counts, compared, check_sums(folder))


def test_a_release_whose_sums_and_zip_are_written_anew_verifies(built, release):
    rewrite(release)
    with IndependentReader() as reader:
        reader.read(release)
        verify_all(release, dated(load(ROOT)), built.counts, reader)


@pytest.mark.parametrize("spoil", SPOILS.values(), ids=SPOILS)
def test_a_release_that_contradicts_itself_does_not_verify(built, release, spoil):
    spoil(release)
    rewrite(release)
    with IndependentReader() as reader, pytest.raises(FmdataError, match="does not verify"):
        reader.read(release)
        verify_all(release, dated(load(ROOT)), built.counts, reader)


@pytest.mark.parametrize("gut", GUTTED.values(), ids=GUTTED)
def test_a_release_that_lacks_something_does_not_verify(built, release, gut):
    gut(release)
    with IndependentReader() as reader, pytest.raises(FmdataError, match="does not verify"):
        reader.read(release)
        verify_all(release, dated(load(ROOT)), built.counts, reader)


def test_sums_and_zip_tell_a_file_that_changed(built, release):
    replace(release / "README.md", "Version", "Vision")
    with IndependentReader() as reader, pytest.raises(FmdataError) as told:
        reader.read(release)
        verify_all(release, dated(load(ROOT)), built.counts, reader)
    assert "README.md: its SHA-256" in str(told.value)
    assert f"fmdata-{VERSION}.zip: README.md" in str(told.value)


def staged(root: Path, process: subprocess.Popen[str]) -> None:
    """Wait until the build has begun to write."""
    end = time.monotonic() + 60
    while not list(root.glob("dist/.stage-*/release/data/*.csv")):
        assert process.poll() is None and time.monotonic() < end, "the build ended before it could be interrupted"
        time.sleep(0.005)


@pytest.fixture
def published(built, tmp_path):
    """A project with a release, and an input that has changed since."""
    root = copy_inputs(tmp_path / "project")
    shutil.copytree(built.folder, root / "dist/latest")
    replace(root / "CHANGELOG.md", "# Changelog", "# Changes")
    return root


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_build_that_is_stopped_leaves_the_previous_release(published, built, sent):
    with subprocess.Popen([*FMDATA, "build"], cwd=published, stderr=subprocess.PIPE, text=True) as process:
        staged(published, process)
        process.send_signal(sent)
        messages = process.communicate()[1]
    assert process.returncode != 0
    assert "Traceback" not in messages
    assert contents(published / "dist/latest") == contents(built.folder)
    if sent == signal.SIGINT:
        assert sorted(path.name for path in (published / "dist").iterdir()) == [".lock", "latest"]
    assert fmdata("build", cwd=published).returncode == 0
    assert (published / "dist/latest/CHANGELOG.md").read_text().startswith("# Changes")
    assert sorted(path.name for path in (published / "dist").iterdir()) == [".built.json", ".lock", "latest"]


def test_whatever_makes_a_table_knows_no_time_zone_but_utc(tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    told = "SELECT CAST(TIMESTAMPTZ '2024-01-01 00:00:00+00' AS VARCHAR)"
    with workspace(Room(MEMORY, tmp_path)) as con, con.cursor() as cursor:
        assert [one.execute(told).fetchall() for one in (con, cursor)] == [[("2024-01-01 00:00:00+00",)]] * 2


def test_a_build_that_fails_leaves_the_previous_release(published, built):
    replace(published / "raw/holistic-pulse-2024/autoantibody_rates.csv", "73%", "7l%")
    result = fmdata("build", cwd=published)
    assert result.returncode == 1
    assert 'raw/holistic-pulse-2024/autoantibody_rates.csv:2 rate: "7l%"' in result.stderr
    assert contents(published / "dist/latest") == contents(built.folder)


def test_one_build_at_a_time(published):
    with swap.staging(published / "dist"):
        result = fmdata("build", cwd=published)
    assert (result.returncode, "another build is at work" in result.stderr) == (1, True)


def test_a_swap_without_an_exchange_ends_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(swap, "_exchange", lambda one, other: False)
    for text in ("one", "two"):
        with swap.staging(tmp_path) as folder:
            (folder / "file").write_text(text)
            swap.swap(folder, tmp_path / "latest")
        assert contents(tmp_path) == {".lock": b"", "latest/file": text.encode()}


def test_a_kill_between_two_renames_is_mended(tmp_path):
    (tmp_path / ".old-latest").mkdir()
    (tmp_path / ".old-latest/file").write_text("previous")
    with swap.staging(tmp_path):
        assert (tmp_path / "latest/file").read_text() == "previous"
    assert not (tmp_path / ".old-latest").exists()


@pytest.mark.parametrize(("name", "value"), [
    ("PANDERA_VALIDATION_ENABLED", "False"), ("PANDERA_VALIDATION_DEPTH", "SCHEMA_ONLY"),
])  # fmt: skip
def test_checks_cannot_be_switched_off_from_outside(project, name, value):
    result = fmdata("check", cwd=project, **{name: value})
    assert (result.returncode, name in result.stderr) == (1, True)


@pytest.mark.parametrize("spoil", [
    lambda dist: (dist / "latest").write_text("a file"),
    lambda dist: (dist / "latest").symlink_to(dist.parent),
])  # fmt: skip
def test_what_stands_in_the_way_of_a_release_is_told_before_anything_is_done(project, run, spoil):
    (project / "dist").mkdir()
    spoil(project / "dist")
    for _ in range(2):
        result = run("build", "--root", project)
        assert (result.exit_code, "expected a folder that can be replaced" in result.stderr) == (1, True)
    assert sorted(path.name for path in (project / "dist").iterdir()) == [".lock", "latest"]


def test_modules_that_lie_about_are_not_taken_in(project):
    (project / "frictionless.py").write_text("raise SystemExit('shadowed')")
    (project / "csv.py").write_text("raise SystemExit('shadowed')")
    command = [Path(sys.executable).parent / "fmdata", "build"]
    result = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_hidden_folders_are_no_extracts(small, run):
    shape = {"fields": [{"name": "id", "type": "integer"}]}
    files = {"raw/t.csv": "id\n1\n", "raw/.ipynb_checkpoints/t.csv": "id\n2\n", "raw/.hidden": "x"}
    shape["primaryKey"] = "id"
    root = small(shape, files)
    assert run("build", "--root", root).exit_code == 0
    assert (root / "dist/latest/data/t.csv").read_text() == "id\n1\n"


def test_a_folder_duckdb_cannot_open_is_told_by_check_and_build(small, run, tmp_path):
    root = small({"fields": [{"name": "id", "type": "integer"}], "primaryKey": "id"}, {"raw/t.csv": "id\n1\n"})
    odd = root.rename(tmp_path / "what?")
    for command in ("check", "build"):
        result = run(command, "--root", odd)
        assert (result.exit_code, "Rename or move it" in result.stderr) == (1, True)
