"""Extracts and releases at URLs, through Spark's connectors; what cannot be read, and masters that do not answer."""

from __future__ import annotations

import json
import stat
import subprocess
import sys

import pytest

from conftest import ROOT, write_small
from fmdata.errors import FmdataError
from fmdata.spark.session import expect_spark
from on_spark import told
from test_spark_same import SCHEMA, rows


@pytest.fixture
def built(spark):
    from fmdata.spark.build import build, prepared

    return lambda root, raw=None, output=None: told(lambda: build(spark, prepared(root), lambda _: None, raw, output))


@pytest.mark.spark
def test_extracts_and_release_may_be_elsewhere(tmp_path, built):
    text = rows(40, 1)
    here = write_small(tmp_path / "here", SCHEMA, {"raw/t.csv": text, "raw/a b/t.csv": "id,kind,words,up\n99,a,x,\n"})
    expected = built(here)
    assert expected[0] == "built" and expected[2] == {"t": 41}
    there = write_small(tmp_path / "there", SCHEMA, {"raw/t.csv": text})
    (there / "raw/t.csv").unlink()
    (there / "raw").rmdir()
    output = tmp_path / "out [1]" / "release"
    for _ in range(2):
        assert built(there, f"file://{here}/raw", f"file://{output}") == expected
        described = json.loads((output / "datapackage.json").read_text(encoding="utf-8"))
        assert described["contentHash"] == f"sha256:{expected[1]}"
        assert [path.name for path in output.parent.iterdir()] == ["release"]
    assert not (there / "dist").exists()
    # What is wrong is told by the path the extract would have.
    (here / "raw/t.csv").write_text(text + "40,z,x,\n", encoding="utf-8")
    found = built(there, f"file://{here}/raw", f"file://{output}")
    assert [(f.file, f.line, f.rule) for f in found[1]] == [("raw/t.csv", 42, "enum")]
    assert json.loads((output / "datapackage.json").read_text(encoding="utf-8")) == described


@pytest.mark.spark
@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("s3a://nobody/raw", "s3a://nobody/raw: "),
        ("nosuch://host/raw", 'No FileSystem for scheme "nosuch".'),
        ("file:///no/such/folder", "there is no such folder"),
        ("://", "://: "),
    ],
)
def test_a_place_that_cannot_be_read_is_told(tmp_path, built, raw, words):
    found = built(write_small(tmp_path / "p", SCHEMA, {"raw/t.csv": rows(5, 1)}), raw)
    assert found[0] == "error" and words in found[1] and "Traceback" not in found[1] and "\n" not in found[1]


@pytest.mark.spark
def test_a_release_that_cannot_take_its_place_leaves_the_one_before(tmp_path, built, monkeypatch):
    from fmdata.spark.storage import Folder

    root, output = write_small(tmp_path / "p", SCHEMA, {"raw/t.csv": rows(5, 1)}), tmp_path / "out"
    assert built(root, output=f"file://{output}")[0] == "built"
    before = sorted(path.name for path in output.iterdir())
    moved = Folder.move

    def move(self, old, new):
        if old.endswith("/release"):
            raise FmdataError("no")
        moved(self, old, new)

    monkeypatch.setattr(Folder, "move", move)
    assert built(root, output=f"file://{output}") == ("error", "no")
    assert sorted(path.name for path in output.iterdir()) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "p"]


@pytest.mark.spark
@pytest.mark.parametrize("raised", [KeyboardInterrupt, FmdataError])
def test_a_release_at_a_url_is_never_lost(tmp_path, spark, monkeypatch, raised):
    from fmdata.spark.storage import Folder, local

    for name in ("release", "stage/release"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "of").write_text(name)
    folder, move = Folder(spark, local(tmp_path)), Folder.move
    left = [raised]

    def stopped(self, old, new):
        if old == "stage/release" or (left and old == ".release.before"):
            if old != "stage/release":
                left.clear()
            raise raised("no")
        move(self, old, new)

    with monkeypatch.context() as patched:
        patched.setattr(Folder, "move", stopped)
        with pytest.raises(raised):
            folder.replace("stage/release", "release")
    # Even what stops the way back leaves the release before, for the next build to put in its place.
    assert sorted(path.name for path in tmp_path.iterdir()) == [".release.before", "stage"]
    folder.recover("release")
    assert (tmp_path / "release/of").read_text() == "release"
    folder.replace("stage/release", "release")
    assert (tmp_path / "release/of").read_text() == "stage/release"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["release", "stage"]


@pytest.mark.spark
def test_a_file_that_goes_away_meanwhile_is_told(tmp_path, built, monkeypatch):
    from fmdata.spark import checking as building

    root = write_small(tmp_path / "p", SCHEMA, {"raw/t.csv": rows(5, 1)})
    listed = building.files_of

    def gone(folder):
        found = listed(folder)
        (root / "raw/t.csv").unlink()
        return found

    monkeypatch.setattr(building, "files_of", gone)
    found = built(root)
    assert found[0] == "error" and "t.csv" in found[1] and "\n" not in found[1]


ODD = ["a:b", "50%", "#x", "sp ace", "{a,b}", "[1]", "ü", "a%20b", "q?", "st*r", "back\\slash", "a+b", "'q'"]


@pytest.mark.spark
@pytest.mark.parametrize("size", [1 << 30, 3_000])
def test_folders_may_have_any_name(tmp_path, both, splits, size):
    splits(size)
    files = {"raw/t.csv": rows(300, 1)}
    for number, folder in enumerate(ODD, 1):
        lines = "".join(f"{10_000 * number + nth},a,x,\n" for nth in range(400))
        files[f"raw/{folder}/t.csv"] = f"id,kind,words,up\n{lines}"
    ours, theirs = both(write_small(tmp_path / "p", SCHEMA, files))
    assert ours == theirs and ours[0] == "built"


def fake_java(folder, said):
    """A Java that says of itself what a test wants."""
    java = folder / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(f"#!/bin/sh\necho '{said}' >&2\n", encoding="utf-8")
    java.chmod(java.stat().st_mode | stat.S_IXUSR)
    return folder


@pytest.fixture
def all_installed(monkeypatch):
    monkeypatch.setattr("fmdata.spark.session.find_spec", lambda _: True)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ('openjdk version "11.0.2" 2019-01-15', "found Java 11; "),
        ('java version "1.8.0_292"', "found Java 8; "),
        ("no Java at all", "found Java no Java at all; "),
    ],
)
def test_a_java_that_is_too_old_is_told(tmp_path, monkeypatch, all_installed, said, found):
    monkeypatch.setenv("JAVA_HOME", str(fake_java(tmp_path / "java", said)))
    with pytest.raises(FmdataError, match=f"^{found}Spark needs Java 17 or newer. .*default-jre-headless$"):
        expect_spark("local[2]")


def test_no_java_is_told(tmp_path, monkeypatch, all_installed):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FmdataError, match=r"^there is no Java on the path; Spark needs Java 17 or newer"):
        expect_spark("local[2]")


@pytest.mark.parametrize(
    ("master", "words"),
    [
        ("spark://localhost:9", "no answer from localhost:9 .*Is the master running"),
        ("spark://localhost", "no answer from localhost "),
        ("hadoop", "no master of Spark; expected local"),
    ],
)
def test_a_master_that_does_not_answer_is_told(tmp_path, monkeypatch, all_installed, master, words):
    monkeypatch.setenv("JAVA_HOME", str(fake_java(tmp_path / "java", 'openjdk version "21.0.1"')))
    with pytest.raises(FmdataError, match=f"^--master {master}: {words}"):
        expect_spark(master)


def test_without_pyspark_the_extra_is_named(monkeypatch):
    monkeypatch.setattr("fmdata.spark.session.find_spec", lambda name: None if name == "pyspark" else True)
    with pytest.raises(FmdataError, match=r"^--engine spark needs pyspark, not .* pip install 'fmdata\[spark\]'$"):
        expect_spark("local[2]")


@pytest.mark.parametrize("option", [["--force"], ["--parquet"], ["--memory-limit", "2GB"]])
def test_options_of_the_local_engine_are_refused(run, option):
    told = run("build", "--engine", "spark", *option)
    assert told.exit_code == 2 and "are for --engine local" in told.stderr
    assert run("build", "--master", "local").exit_code == 2


def test_the_local_engine_loads_nothing_of_spark():
    wanted = "from fmdata.loading import loading\nwith loading():\n    import fmdata.cli, fmdata.release\n"
    unwanted = ("pyspark", "pandas", "pyarrow", "sqlglot", "fmdata.spark")
    code = f"import sys\n{wanted}print([m for m in sys.modules if m.startswith({unwanted})])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout == "[]\n"
