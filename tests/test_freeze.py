"""Releasing: what is frozen, that it can be built again, and that whatever fails leaves all as it was."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import zipfile
from pathlib import Path

import duckdb
import pytest

from fmdata import freeze as freezing
from fmdata import release as releasing
from fmdata.errors import FmdataError
from fmdata.history import Version
from histories import append, build_released, change, commit, declare, edited, git, orchard, release, state

pytestmark = pytest.mark.usefixtures("without_frictionless")
FILES = ["SHA256SUMS", "changes.json", "orchard-1.0.0.zip", "orchard.duckdb"]
GROWN = "trees,a1,height,4,5,It grew.,,2026-03-01,a gardener,curator,accepted"


@pytest.fixture(scope="module")
def once(tmp_path_factory, without_frictionless):
    """The orchard, released once and committed; change nothing in it."""
    root = orchard(tmp_path_factory.mktemp("once") / "orchard")
    commit(root)
    release(root, "1.0.0")
    commit(root)
    return root


@pytest.fixture
def released(once, tmp_path):
    """A copy of it, to change at will."""
    return Path(shutil.copytree(once, tmp_path / "orchard"))


@pytest.fixture
def fresh(tmp_path):
    """The orchard, never released, without git."""
    return orchard(tmp_path / "orchard")


def test_a_release_consists_of_four_files(once):
    folder = once / "dist/releases/1.0.0"
    assert sorted(path.name for path in folder.iterdir()) == FILES
    sums = {file: hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in FILES[1:]}
    assert (folder / "SHA256SUMS").read_text() == "".join(f"{sums[file]}  {file}\n" for file in FILES[1:])
    with zipfile.ZipFile(folder / "orchard-1.0.0.zip") as archive:
        assert archive.read("orchard-1.0.0/changes.json") == (folder / "changes.json").read_bytes()
        assert archive.read("orchard-1.0.0/CHANGELOG.md") == (once / "CHANGELOG.md").read_bytes()
        contract = json.loads(archive.read("orchard-1.0.0/datapackage.json"))
    assert (contract["version"], contract["created"]) == ("1.0.0", "2026-01-02T00:00:00Z")
    assert json.loads((folder / "changes.json").read_text())["old"] is None
    text = (once / "CHANGELOG.md").read_text()
    assert "## [Unreleased]\n\n## [1.0.0] - 2026-01-02\n\nPlanted.\n\n### Data\n\n- The first release.\n" in text
    with duckdb.connect(str(folder / "orchard.duckdb"), read_only=True) as con:
        assert con.execute("SELECT version, released FROM _release").fetchall() == [("1.0.0", "2026-01-02")]


def test_a_release_can_be_built_again(released, run):
    shutil.rmtree(released / "dist/latest")
    assert run("build", "--root", released).exit_code == 0
    for file in FILES[1:]:
        assert (released / "dist/latest" / file).read_bytes() == (released / "dist/releases/1.0.0" / file).read_bytes()


def test_and_so_can_the_one_after_it_from_its_commit(released, run, tmp_path):
    append(released, "raw/curation/corrections.csv", GROWN)
    commit(released)  # Whoever forgets the version is told; here it is part of the next commit.
    declare(released, "1.0.1")
    commit(released)
    release(released, "1.0.1", "2026-03-02")
    commit(released)
    build_released(released, "1.0.2", "2026-03-03")
    commit(released)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(released), str(clone))
    git(clone, "checkout", "-q", "HEAD~1")
    assert run("build", "--root", clone).exit_code == 0
    for file in ("orchard-1.0.1.zip", "orchard.duckdb", "changes.json"):
        frozen = released / "dist/releases/1.0.1" / file
        assert (clone / "dist/latest" / file).read_bytes() == frozen.read_bytes()
    text = (released / "CHANGELOG.md").read_text()
    assert "- `trees`: 1 row changed:\n  - a1, `height`: 4 → 5\n" in text


def test_a_version_that_is_too_low_is_refused_with_what_asks_for_more(released, run):
    append(released, "raw/trees.csv", "q1,quince,2,2025-04-01")
    append(released, "raw/harvests.csv", "q1,2025,3")
    before = state(released)
    for command in (("check",), ("build",)):
        told = run(*command, "--root", released)
        assert told.exit_code == 1
        assert "the version 1.0.0 is released already; what changed since 1.0.0 asks for 1.1.0" in told.stderr
        assert "trees: 1 row added: q1" in told.stderr and "harvests: 1 row added: q1 2025" in told.stderr
    declare(released, "1.0.1")
    told = run("build", "--root", released)
    assert "the version 1.0.1 is too low; what changed since 1.0.0 asks for 1.1.0" in told.stderr
    [error] = json.loads(run("check", "--format", "json", "--root", released).stdout)
    assert error["rule"] == "error" and "too low" in error["message"]
    assert state(released) == before
    declare(released, "1.1.0")
    assert run("build", "--root", released).exit_code == 0


def test_a_field_that_asks_for_more_is_named(released, run):
    with edited(released / "datapackage.json") as contract:
        contract["version"] = "1.1.0"
        contract["resources"][0]["schema"]["fields"][2]["type"] = "number"
    told = run("build", "--root", released)
    assert told.exit_code == 1 and "asks for 2.0.0" in told.stderr and "trees.height: type" in told.stderr


def test_a_version_that_goes_back_is_refused(released, run):
    declare(released, "0.9.0")
    told = run("build", "--root", released)
    assert told.exit_code == 1 and "the version 0.9.0 comes before 1.0.0, which is released" in told.stderr
    commit(released)
    assert "comes before 1.0.0" in run("release", "--date", "2026-03-02", "--root", released).stderr


def test_a_version_is_released_once(released, run):
    before = state(released)
    told = run("release", "--date", "2026-03-02", "--root", released)
    assert told.exit_code == 1 and "the version 1.0.0 is released already" in told.stderr
    assert state(released) == before


def test_a_version_before_a_version_can_be_built_but_not_released(fresh, run):
    declare(fresh, "1.0.0-rc.1")
    assert run("build", "--root", fresh).exit_code == 0
    told = run("release", "--date", "2026-03-02", "--root", fresh)
    assert told.exit_code == 1 and '"1.0.0-rc.1" is not a version of data' in told.stderr


def test_after_a_release_such_a_version_is_told(released, run):
    declare(released, "1.0.1-rc.1")
    told = run("build", "--root", released)
    assert told.exit_code == 1 and '"1.0.1-rc.1" is not a version of data' in told.stderr


def test_what_is_not_committed_is_not_released(released, run):
    declare(released, "1.0.1")
    before = state(released)
    told = run("release", "--date", "2026-03-02", "--root", released)
    assert told.exit_code == 1 and "datapackage.json: changed since the last commit" in told.stderr
    append(released, "raw/curation/corrections.csv", GROWN)
    told = run("release", "--date", "2026-03-02", "--root", released)
    assert "datapackage.json and 1 more: changed since" in told.stderr
    assert state(released) == before


def test_without_git_there_is_nothing_to_commit(fresh, run, monkeypatch):
    monkeypatch.setenv("PATH", "")
    done = run("release", "--date", "2026-01-02", "--root", fresh)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines()[0] == "1.0.0, 2026-01-02: released."


@pytest.mark.parametrize(("date", "epoch", "told"), [
    ((), None, "Which date?"), ((), "soon", "Which date?"), ((), "9" * 30, "beyond the years"),
    (("--date", "2026-02-30"), None, '"2026-02-30" is not a date'), (("--date", ""), None, '"" is not a date'),
])  # fmt: skip
def test_a_release_needs_a_date(fresh, run, monkeypatch, date, epoch, told):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    if epoch:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    done = run("release", *date, "--root", fresh)
    assert done.exit_code in (1, 2) and told in done.stderr
    assert not (fresh / "dist").exists()


def test_the_date_may_come_from_the_epoch(fresh, run, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(86400 * 365 + 86399))
    monkeypatch.setattr(freezing, "freeze", lambda root, date, *_: freezing.Frozen(Version(1, 0, 0), date, root, ()))
    assert run("release", "--root", fresh).stdout.startswith("1.0.0, 1971-01-01: released.")


def test_the_changelog_has_the_last_word_on_the_date(fresh, run):
    append(fresh, "CHANGELOG.md", "", "## [1.0.0] - 2026-01-05")
    before = state(fresh)
    told = run("release", "--date", "2026-01-02", "--root", fresh)
    assert told.exit_code == 1 and "the version 1.0.0 is dated 2026-01-05, not 2026-01-02" in told.stderr
    assert state(fresh) == before
    assert run("release", "--date", "2026-01-05", "--root", fresh).exit_code == 0
    assert (fresh / "CHANGELOG.md").read_bytes() == before["CHANGELOG.md"]


def test_a_changelog_without_a_part_for_what_is_unreleased(fresh, run):
    (fresh / "CHANGELOG.md").write_bytes(b"# Changelog\r\n")
    before = state(fresh)
    told = run("release", "--date", "2026-01-02", "--root", fresh)
    assert told.exit_code == 1 and "there is no heading ## [Unreleased]" in told.stderr
    assert state(fresh) == before
    (fresh / "CHANGELOG.md").unlink()
    told = run("release", "--date", "2026-01-02", "--root", fresh)
    assert told.exit_code == 1 and "CHANGELOG.md: there is no such file" in told.stderr


def fails(monkeypatch, where, what, error, at=1):
    """Let a function fail when it is called for the nth time."""
    calls, call = [], getattr(where, what)

    def failing(*arguments, **options):
        calls.append(what)
        if len(calls) == at:
            raise error
        return call(*arguments, **options)

    monkeypatch.setattr(where, what, failing)


INTERRUPTIONS = {
    "the first build": (freezing, "build", 1, KeyboardInterrupt()),
    "the second build": (freezing, "build", 2, FmdataError("no")),
    "within the second build": (releasing, "write_readme", 2, OSError("no room")),
    "after the second build": (freezing, "_copy", 1, KeyboardInterrupt()),
    "before the rename": (freezing, "swap", 1, OSError("no room")),
}


@pytest.mark.parametrize(("where", "what", "at", "error"), INTERRUPTIONS.values(), ids=INTERRUPTIONS)
def test_an_interrupted_release_leaves_nothing_and_can_be_made_again(released, monkeypatch, where, what, at, error):
    declare(released, "1.0.1")
    commit(released)
    before = state(released)
    with monkeypatch.context() as patched:
        fails(patched, where, what, error, at)
        with pytest.raises(type(error)):
            release(released, "1.0.1", "2026-03-02")
    assert state(released) == before
    assert not [path for path in (released / "dist").iterdir() if path.name.startswith((".stage", ".old"))]
    if what == "swap":
        release(released, "1.0.1", "2026-03-02")
        assert "## [1.0.1] - 2026-03-02" in (released / "CHANGELOG.md").read_text()


def test_one_that_was_killed_after_the_changelog_was_written_is_made_again(released, monkeypatch):
    declare(released, "1.0.1")
    commit(released)
    with monkeypatch.context() as patched:
        fails(patched, freezing, "build", KeyboardInterrupt(), 2)
        # A killed process takes nothing back.
        fails(patched, freezing, "replace_files", KeyboardInterrupt(), 2)
        with pytest.raises(KeyboardInterrupt):
            release(released, "1.0.1", "2026-03-02")
    written = (released / "CHANGELOG.md").read_bytes()
    assert b"## [1.0.1] - 2026-03-02" in written
    release(released, "1.0.1", "2026-03-02")
    assert (released / "CHANGELOG.md").read_bytes() == written


def test_a_failing_build_is_not_released(released, run):
    change(released, "raw/trees.csv", "a1,apple,4", "a1,apple,tall")
    declare(released, "1.0.1")
    commit(released)
    before = state(released)
    told = run("release", "--date", "2026-03-02", "--root", released)
    assert told.exit_code == 1 and "Nothing was released." in told.stderr and "tall" in told.stderr
    assert state(released) == before


def test_one_build_at_a_time(released, run):
    declare(released, "1.0.1")
    commit(released)
    before = state(released)
    with (released / "dist/.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = run("release", "--date", "2026-03-02", "--root", released)
    assert told.exit_code == 1 and "another build is at work" in told.stderr
    assert state(released) == before


def test_a_build_that_took_the_place_of_the_released_one_is_told(released, monkeypatch):
    declare(released, "1.0.1")
    commit(released)
    before, build = state(released), freezing.build

    def overtaken(root, *arguments):
        made = build(root, *arguments)
        with edited(root / "dist/latest/datapackage.json") as contract:
            contract["title"] = "Another"
        return made

    monkeypatch.setattr(freezing, "build", overtaken)
    with pytest.raises(FmdataError, match="it is not what was built"):
        release(released, "1.0.1", "2026-03-02")
    assert state(released) == before


def test_what_is_too_large_for_a_zip_is_not_released(fresh, run):
    with edited(fresh / "datapackage.json") as contract:
        contract["limits"] = {"zip": 10}
    before = state(fresh)
    told = run("release", "--date", "2026-01-02", "--root", fresh)
    assert told.exit_code == 1 and "Raise the limit zip" in told.stderr
    assert state(fresh) == before


STRAY = {
    "a file": lambda folder: (folder / "notes.txt").touch(),
    "a folder that is no version": lambda folder: (folder / "v1.0.1").mkdir(),
    "a link": lambda folder: (folder / "1.0.1").symlink_to("1.0.0"),
    "an empty version": lambda folder: (folder / "1.0.1").mkdir(),
}


@pytest.mark.parametrize("stray", STRAY.values(), ids=STRAY)
def test_what_is_no_release_does_not_stand_among_releases(released, run, stray):
    stray(released / "dist/releases")
    declare(released, "1.0.2")
    told = run("build", "--root", released)
    assert told.exit_code == 1 and "Error: dist/releases/" in told.stderr, told.stderr
    assert "expected folders named by a version" in told.stderr or "SHA256SUMS: it is missing" in told.stderr


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("how", ["touched", "gone"])
def test_a_release_that_was_touched_stops_builds_and_does_not_verify(released, run, file, how):
    path = released / "dist/releases/1.0.0" / file
    data = path.read_bytes()
    path.unlink() if how == "gone" else path.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    declare(released, "1.0.0" if how == "gone" else "1.0.1")
    told = run("build", "--root", released)
    assert told.exit_code == 1 and "dist/releases/1.0.0/" in told.stderr and "restore it" in told.stderr
    told = run("verify", "1.0.0", "--root", released)
    assert told.exit_code == 1 and told.stdout == "" and told.stderr


def test_one_file_too_many_in_a_release_is_told(released, run):
    (released / "dist/releases/1.0.0/more.txt").touch()
    told = run("build", "--root", released)
    assert told.exit_code == 1 and "more.txt: SHA256SUMS does not list it" in told.stderr


def test_a_missing_release_is_missed(released, run):
    for version in ("1.0.1", "1.0.2"):
        build_released(released, version, "2026-03-02")
    shutil.rmtree(released / "dist/releases/1.0.1")
    declare(released, "1.0.3")
    told = run("build", "--root", released)
    assert told.exit_code == 1 and "dist/releases/1.0.1: the release is missing, though 1.0.2" in told.stderr


def test_parquet_files_have_the_history_too(released, run):
    append(released, "raw/curation/corrections.csv", GROWN)
    declare(released, "1.0.1")
    commit(released)
    done = run("release", "--parquet", "--date", "2026-03-02", "--root", released)
    assert done.exit_code == 0, done.stderr
    with duckdb.connect() as con:
        rows = con.execute("SELECT row_key, new_value FROM read_parquet($1) WHERE change = 'changed'",
                           [str(released / "dist/latest/data/_changes.parquet")]).fetchall()  # fmt: skip
    assert rows == [("a1", "5")]


def test_a_large_table_is_left_out_of_the_history_and_that_is_said(released, run):
    with edited(released / "datapackage.json") as contract:
        contract["limits"], contract["version"] = {"history": 2}, "1.0.1"
    append(released, "raw/curation/corrections.csv", GROWN)
    done = run("build", "--root", released)
    assert done.exit_code == 0, done.stderr
    words = "trees, corrections: without a history in the release, and not to be asked as of a version."
    assert words in (released / "dist/latest/README.md").read_text()
    with duckdb.connect(str(released / "dist/latest/orchard.duckdb"), read_only=True) as con:
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


def test_version_tells_current_released_and_least(released, run):
    told = run("version", "--root", released)
    assert told.stdout.splitlines()[:3] == ["current   1.0.0", "released  1.0.0", "minimum   1.0.0 (none)"]
    append(released, "raw/curation/corrections.csv", GROWN)
    declare(released, "1.2.0")
    assert run("build", "--root", released).exit_code == 0
    told = json.loads(run("version", "--format", "json", "--root", released).stdout)
    assert (told["current"], told["released"], told["minimum"]["version"]) == ("1.2.0", "1.0.0", "1.0.1")
    assert "trees: 1 row changed (height): a1" in run("version", "--root", released).stdout


def test_version_before_anything_was_released(fresh, run):
    told = run("version", "--root", fresh)
    assert told.exit_code == 1 and "Run `fmdata build` first" in told.stderr
    assert run("build", "--root", fresh).exit_code == 0
    assert "released  nothing yet" in run("version", "--root", fresh).stdout
