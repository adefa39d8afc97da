"""Releasing: what is frozen, that it can be built again, and under which version and date."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile

import duckdb
import pytest

from fmdata import freeze as freezing
from fmdata.history import Version
from histories import FILES, append, build_released, commit, declare, edited, git, release, state

pytestmark = pytest.mark.usefixtures("without_frictionless")
GROWN = "trees,a1,height,4,5,It grew.,,2026-03-01,a gardener,curator,accepted"


def test_a_release_consists_of_four_files(released_once):
    folder = released_once / "dist/releases/1.0.0"
    assert sorted(path.name for path in folder.iterdir()) == FILES
    sums = {file: hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in FILES[1:]}
    assert (folder / "SHA256SUMS").read_text() == "".join(f"{sums[file]}  {file}\n" for file in FILES[1:])
    with zipfile.ZipFile(folder / "orchard-1.0.0.zip") as archive:
        assert archive.read("orchard-1.0.0/changes.json") == (folder / "changes.json").read_bytes()
        assert archive.read("orchard-1.0.0/CHANGELOG.md") == (released_once / "CHANGELOG.md").read_bytes()
        contract = json.loads(archive.read("orchard-1.0.0/datapackage.json"))
    assert (contract["version"], contract["created"]) == ("1.0.0", "2026-01-02T00:00:00Z")
    assert json.loads((folder / "changes.json").read_text())["old"] is None
    text = (released_once / "CHANGELOG.md").read_text()
    assert "## [Unreleased]\n\n## [1.0.0] - 2026-01-02\n\nPlanted.\n\n### Data\n\n- The first release.\n" in text
    with duckdb.connect(str(folder / "orchard.duckdb"), read_only=True) as con:
        assert con.execute("SELECT version, released FROM _release").fetchall() == [("1.0.0", "2026-01-02")]


def test_a_release_can_be_built_again(released_orchard, run):
    shutil.rmtree(released_orchard / "dist/latest")
    assert run("build", "--root", released_orchard).exit_code == 0
    for file in FILES[1:]:
        assert (released_orchard / "dist/latest" / file).read_bytes() == (
            released_orchard / "dist/releases/1.0.0" / file
        ).read_bytes()


def test_and_so_can_the_one_after_it_from_its_commit(released_orchard, run, tmp_path):
    append(released_orchard, "raw/curation/corrections.csv", GROWN)
    commit(released_orchard)  # Whoever forgets the version is told; here it is part of the next commit.
    declare(released_orchard, "1.0.1")
    commit(released_orchard)
    release(released_orchard, "1.0.1", "2026-03-02")
    commit(released_orchard)
    build_released(released_orchard, "1.0.2", "2026-03-03")
    commit(released_orchard)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(released_orchard), str(clone))
    git(clone, "checkout", "-q", "HEAD~1")
    assert run("build", "--root", clone).exit_code == 0
    for file in ("orchard-1.0.1.zip", "orchard.duckdb", "changes.json"):
        frozen = released_orchard / "dist/releases/1.0.1" / file
        assert (clone / "dist/latest" / file).read_bytes() == frozen.read_bytes()
    text = (released_orchard / "CHANGELOG.md").read_text()
    assert "- `trees`: 1 row changed:\n  - a1, `height`: 4 → 5\n" in text


def test_a_version_that_is_too_low_is_refused_with_what_asks_for_more(released_orchard, run):
    append(released_orchard, "raw/trees.csv", "q1,quince,2,2025-04-01")
    append(released_orchard, "raw/harvests.csv", "q1,2025,3")
    before = state(released_orchard)
    for command in (("check",), ("build",)):
        told = run(*command, "--root", released_orchard)
        assert told.exit_code == 1
        assert "the version 1.0.0 is released already; what changed since 1.0.0 asks for 1.1.0" in told.stderr
        assert "trees: 1 row added: q1" in told.stderr and "harvests: 1 row added: q1 2025" in told.stderr
    declare(released_orchard, "1.0.1")
    told = run("build", "--root", released_orchard)
    assert "the version 1.0.1 is too low; what changed since 1.0.0 asks for 1.1.0" in told.stderr
    [error] = json.loads(run("check", "--format", "json", "--root", released_orchard).stdout)
    assert error["rule"] == "error" and "too low" in error["message"]
    assert state(released_orchard) == before
    declare(released_orchard, "1.1.0")
    assert run("build", "--root", released_orchard).exit_code == 0


def test_a_field_that_asks_for_more_is_named(released_orchard, run):
    with edited(released_orchard / "datapackage.json") as contract:
        contract["version"] = "1.1.0"
        contract["resources"][0]["schema"]["fields"][2]["type"] = "number"
    told = run("build", "--root", released_orchard)
    assert told.exit_code == 1 and "asks for 2.0.0" in told.stderr and "trees.height: type" in told.stderr


def test_a_version_that_goes_back_is_refused(released_orchard, run):
    declare(released_orchard, "0.9.0")
    told = run("build", "--root", released_orchard)
    assert told.exit_code == 1 and "the version 0.9.0 comes before 1.0.0, which is released" in told.stderr
    commit(released_orchard)
    assert "comes before 1.0.0" in run("release", "--date", "2026-03-02", "--root", released_orchard).stderr


def test_a_version_is_released_once(released_orchard, run):
    before = state(released_orchard)
    told = run("release", "--date", "2026-03-02", "--root", released_orchard)
    assert told.exit_code == 1 and "the version 1.0.0 is released already" in told.stderr
    assert state(released_orchard) == before


def test_a_version_before_a_version_can_be_built_but_not_released(fresh_orchard, run):
    declare(fresh_orchard, "1.0.0-rc.1")
    assert run("build", "--root", fresh_orchard).exit_code == 0
    told = run("release", "--date", "2026-03-02", "--root", fresh_orchard)
    assert told.exit_code == 1 and '"1.0.0-rc.1" is not a version of data' in told.stderr


def test_after_a_release_such_a_version_is_told(released_orchard, run):
    declare(released_orchard, "1.0.1-rc.1")
    told = run("build", "--root", released_orchard)
    assert told.exit_code == 1 and '"1.0.1-rc.1" is not a version of data' in told.stderr


def test_what_is_not_committed_is_not_released(released_orchard, run):
    declare(released_orchard, "1.0.1")
    before = state(released_orchard)
    told = run("release", "--date", "2026-03-02", "--root", released_orchard)
    assert told.exit_code == 1 and "datapackage.json: changed since the last commit" in told.stderr
    append(released_orchard, "raw/curation/corrections.csv", GROWN)
    told = run("release", "--date", "2026-03-02", "--root", released_orchard)
    assert "datapackage.json and 1 more: changed since" in told.stderr
    assert state(released_orchard) == before


def test_without_git_there_is_nothing_to_commit(fresh_orchard, run, monkeypatch):
    monkeypatch.setenv("PATH", "")
    done = run("release", "--date", "2026-01-02", "--root", fresh_orchard)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines()[0] == "1.0.0, 2026-01-02: released."


@pytest.mark.parametrize(("date", "epoch", "told"), [
    ((), None, "Which date?"), ((), "soon", "Which date?"), ((), "9" * 30, "beyond the years"),
    (("--date", "2026-02-30"), None, '"2026-02-30" is not a date'), (("--date", ""), None, '"" is not a date'),
])  # fmt: skip
def test_a_release_needs_a_date(fresh_orchard, run, monkeypatch, date, epoch, told):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    if epoch:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    done = run("release", *date, "--root", fresh_orchard)
    assert done.exit_code in (1, 2) and told in done.stderr
    assert not (fresh_orchard / "dist").exists()


def test_the_date_may_come_from_the_epoch(fresh_orchard, run, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(86400 * 365 + 86399))
    monkeypatch.setattr(freezing, "freeze", lambda root, date, *_: freezing.Frozen(Version(1, 0, 0), date, root, ()))
    assert run("release", "--root", fresh_orchard).stdout.startswith("1.0.0, 1971-01-01: released.")


def test_the_changelog_has_the_last_word_on_the_date(fresh_orchard, run):
    append(fresh_orchard, "CHANGELOG.md", "", "## [1.0.0] - 2026-01-05")
    before = state(fresh_orchard)
    told = run("release", "--date", "2026-01-02", "--root", fresh_orchard)
    assert told.exit_code == 1 and "the version 1.0.0 is dated 2026-01-05, not 2026-01-02" in told.stderr
    assert state(fresh_orchard) == before
    assert run("release", "--date", "2026-01-05", "--root", fresh_orchard).exit_code == 0
    assert (fresh_orchard / "CHANGELOG.md").read_bytes() == before["CHANGELOG.md"]


def test_a_changelog_without_a_part_for_what_is_unreleased(fresh_orchard, run):
    (fresh_orchard / "CHANGELOG.md").write_bytes(b"# Changelog\r\n")
    before = state(fresh_orchard)
    told = run("release", "--date", "2026-01-02", "--root", fresh_orchard)
    assert told.exit_code == 1 and "there is no heading ## [Unreleased]" in told.stderr
    assert state(fresh_orchard) == before
    (fresh_orchard / "CHANGELOG.md").unlink()
    told = run("release", "--date", "2026-01-02", "--root", fresh_orchard)
    assert told.exit_code == 1 and "CHANGELOG.md: there is no such file" in told.stderr


def test_parquet_files_have_the_history_too(released_orchard, run):
    append(released_orchard, "raw/curation/corrections.csv", GROWN)
    declare(released_orchard, "1.0.1")
    commit(released_orchard)
    done = run("release", "--parquet", "--date", "2026-03-02", "--root", released_orchard)
    assert done.exit_code == 0, done.stderr
    with duckdb.connect() as con:
        rows = con.execute("SELECT row_key, new_value FROM read_parquet($1) WHERE change = 'changed'",
                           [str(released_orchard / "dist/latest/data/_changes.parquet")]).fetchall()  # fmt: skip
    assert rows == [("a1", "5")]


def test_a_large_table_is_left_out_of_the_history_and_that_is_said(released_orchard, run):
    with edited(released_orchard / "datapackage.json") as contract:
        contract["limits"], contract["version"] = {"history": 2}, "1.0.1"
    append(released_orchard, "raw/curation/corrections.csv", GROWN)
    done = run("build", "--root", released_orchard)
    assert done.exit_code == 0, done.stderr
    words = "trees, corrections: without a history in the release, and not to be asked as of a version."
    assert words in (released_orchard / "dist/latest/README.md").read_text()
    with duckdb.connect(str(released_orchard / "dist/latest/orchard.duckdb"), read_only=True) as con:
        query = "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_name LIKE '%as_of' ORDER BY 1"
        assert con.execute(query).fetchall() == [("harvests_as_of",), ("tombstones_as_of",)]
        assert con.execute("FROM _changes WHERE table_name = 'trees'").fetchall() == []


def test_a_project_without_a_pipeline_and_without_a_history(small, run):
    shape = {"fields": [{"name": "id", "type": "integer"}, {"name": "word", "type": "string"}], "primaryKey": "id"}
    root = small(shape, {"raw/t.csv": "id,word\n1,a\n", "CHANGELOG.md": "## [Unreleased]\n"})
    build_released(root, "1.0.0")
    (root / "raw/t.csv").write_text("id,word\n1,b\n")
    told = run("build", "--root", root)
    assert told.exit_code == 1 and "asks for 1.0.1" in told.stderr
    declare(root, "1.0.1")
    assert run("release", "--date", "2026-03-02", "--root", root).exit_code == 0
    (root / "raw/t.csv").write_text("id,word\n2,b\n")
    declare(root, "1.1.0")
    told = run("build", "--root", root)
    assert told.exit_code == 1 and 'the key "1" of t was in 1.0.1 and is gone' in told.stderr
    assert "Add an extract with the role tombstones" in told.stderr


def test_version_tells_current_released_and_least(released_orchard, run):
    told = run("version", "--root", released_orchard)
    assert told.stdout.splitlines()[:3] == ["current   1.0.0", "released  1.0.0", "minimum   1.0.0 (none)"]
    append(released_orchard, "raw/curation/corrections.csv", GROWN)
    declare(released_orchard, "1.2.0")
    assert run("build", "--root", released_orchard).exit_code == 0
    told = json.loads(run("version", "--format", "json", "--root", released_orchard).stdout)
    assert (told["current"], told["released"], told["minimum"]["version"]) == ("1.2.0", "1.0.0", "1.0.1")
    assert "trees: 1 row changed (height): a1" in run("version", "--root", released_orchard).stdout


def test_version_before_anything_was_released(fresh_orchard, run):
    told = run("version", "--root", fresh_orchard)
    assert told.exit_code == 1 and "Run `fmdata build` first" in told.stderr
    assert run("build", "--root", fresh_orchard).exit_code == 0
    assert "released  nothing yet" in run("version", "--root", fresh_orchard).stdout
