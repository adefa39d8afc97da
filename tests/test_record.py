"""The record of a build: a damaged one is none, a renewed one is true, and nothing is recorded that was not built."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from conftest import write_small
from fmdata import inputs, record, swap
from fmdata.record import RECORD, start, unchanged
from fmdata.release import build

SHAPE = {"fields": [{"name": "id", "type": "integer"}], "primaryKey": "id"}


def recognised(root, **options):
    return unchanged(start(root, {"parquet": False, **options})) is not None


@pytest.fixture
def tiny(small):
    """A project of one row that was never built."""
    return small(SHAPE, {"raw/t.csv": "id\n1\n"})


@pytest.fixture(scope="module")
def tiny_built(tmp_path_factory):
    """The same, built, with its record; change nothing in it."""
    root = write_small(tmp_path_factory.mktemp("tiny") / "project", SHAPE, {"raw/t.csv": "id\n1\n"})
    build(root, lambda _: None, begun=start(root, {"parquet": False}))
    return root


@pytest.fixture
def damaged(tiny_built, tmp_path):
    """A copy of it, to damage."""
    root = Path(shutil.copytree(tiny_built, tmp_path / "damaged"))
    assert recognised(root)
    return root


def test_options_count(tiny):
    build(tiny, lambda _: None, begun=start(tiny, {"parquet": True}))
    assert recognised(tiny, parquet=True)
    assert not recognised(tiny)
    assert not recognised(tiny, parquet=False)


def test_a_record_made_within_the_tick_is_no_proof(damaged):
    """As if the extract had been written once more, right after it was seen: the stat is its own, the hash is not."""
    shown = json.loads((damaged / RECORD).read_text())
    extract = shown["project"]["files"]["raw/t.csv"]
    assert extract[:5] == list(inputs.look(damaged, {}, None).project.files["raw/t.csv"][:5])
    extract[5], shown["project"]["at"] = "0" * 64, max(extract[1:3])
    (damaged / RECORD).write_text(json.dumps(shown))
    assert not recognised(damaged)


DAMAGES = {
    "nothing": b"",
    "half": b'{"format":1,"release":{"name"',
    "no object": b"[]",
    "null": b"null",
    "no UTF-8": b"\xff\xfe",
    "deep": b"[" * 100_000,
    "nothing but a format": b'{"format":1}',
}  # fmt: skip
EDITS = {
    "another format": lambda shown: shown.update(format=0),
    "of an older program": lambda shown: shown["setting"]["versions"].update(fmdata="0.0.9"),
    "rows that are no numbers": lambda shown: shown["release"]["counts"].update(t="1"),
    "a name that is no text": lambda shown: shown["release"].update(name=1),
    "one field more": lambda shown: shown["release"].update(folder="/tmp"),
    "a date that is no number": lambda shown: shown["files"].update(at="0"),
    "a file that is only a hash": lambda shown: shown["project"]["files"].update({"raw/t.csv": ["0"]}),
    "a size that is no number": lambda shown: shown["project"]["files"]["raw/t.csv"].__setitem__(0, None),
    "files that are a list": lambda shown: shown["engine"].update(files=[]),
    "another hash": lambda shown: shown["files"]["files"]["README.md"].__setitem__(5, "0" * 64),
    "no setting": lambda shown: shown.pop("setting"),
}


@pytest.mark.parametrize("text", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_record_is_none(damaged, text):
    (damaged / RECORD).write_bytes(text)
    assert not recognised(damaged)


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_foreign_record_is_none(damaged, edit):
    shown = json.loads((damaged / RECORD).read_text())
    edit(shown)
    (damaged / RECORD).write_text(json.dumps(shown))
    assert not recognised(damaged)


def test_a_folder_in_the_place_of_the_record_is_none_and_stops_no_build(damaged, run):
    (damaged / RECORD).unlink()
    (damaged / RECORD).mkdir()
    for _ in range(2):
        told = run("build", "--root", damaged)
        assert (told.exit_code, "checked and verified" in told.stdout) == (0, True)


def test_a_record_that_cannot_be_renewed_is_as_good(damaged, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(record, "replace_files", full)
    (damaged / "LICENSE").touch()
    assert recognised(damaged)


def test_a_record_is_renewed_once_its_stats_can_be_trusted(damaged, monkeypatch):
    now = inputs.time.time_ns
    monkeypatch.setattr(inputs.time, "time_ns", lambda: now() + 10 * 10**9)
    assert recognised(damaged)
    before = (damaged / RECORD).read_bytes()
    monkeypatch.setattr(inputs.hashlib, "file_digest", lambda *_: pytest.fail("a file was read"))
    assert recognised(damaged)
    assert (damaged / RECORD).read_bytes() == before


def test_a_build_that_is_killed_before_it_is_recorded_is_built_again(damaged, run, monkeypatch):
    (damaged / "raw/t.csv").write_text("id\n2\n")

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(record, "_write", killed)
        assert run("build", "--root", damaged).exit_code == 1
    assert (damaged / "dist/latest/data/t.csv").read_text() == "id\n2\n"
    assert not recognised(damaged)
    assert "checked and verified" in run("build", "--root", damaged).stdout
    assert recognised(damaged)


def test_a_build_that_fails_is_not_recorded(damaged, run):
    before = (damaged / RECORD).read_bytes()
    (damaged / "raw/t.csv").write_text("id\nx\n")
    for _ in range(2):
        assert run("build", "--root", damaged).exit_code == 1
    assert (damaged / RECORD).read_bytes() == before
    (damaged / "raw/t.csv").write_text("id\n1\n")
    assert "unchanged" in run("build", "--root", damaged).stdout


def undone(path):
    """Change a file and change it back: the build may have read what was there in between."""
    text = path.read_text()
    path.write_text("id\n7\n")
    path.write_text(text)


WHILE_BUILDING = {
    "edited": lambda root: (root / "raw/t.csv").write_text("id\n2\n"),
    "edited and undone": lambda root: undone(root / "raw/t.csv"),
    "touched": lambda root: (root / "LICENSE").touch(),
    "added": lambda root: (root / "raw/README.md").touch(),
    "removed": lambda root: (root / "raw/notes/README.md").unlink(),
}


@pytest.mark.parametrize("edit", WHILE_BUILDING.values(), ids=WHILE_BUILDING)
@pytest.mark.parametrize("stage", ["reading extracts", "verifying the release"])
def test_what_was_touched_while_it_was_built_is_not_recorded(tiny, edit, stage):
    (tiny / "raw/notes").mkdir()
    (tiny / "raw/notes/README.md").touch()
    told = []

    def progress(now):
        told.append(now.words)
        if now.words == stage:
            edit(tiny)

    build(tiny, progress, begun=start(tiny, {"parquet": False}))
    assert stage in told
    assert not (tiny / RECORD).exists()


def test_an_output_edited_as_soon_as_it_is_published_is_noticed(tiny, monkeypatch):
    def hasty(folder, target):
        swap.swap(folder, target)
        (target / "README.md").write_text("hasty")

    monkeypatch.setattr("fmdata.release.swap", hasty)
    build(tiny, lambda _: None, begun=start(tiny, {"parquet": False}))
    assert (tiny / RECORD).exists()
    assert not recognised(tiny)


def test_to_see_that_nothing_changed_needs_no_lock(damaged, run):
    with swap.staging(damaged / "dist"):
        assert "unchanged" in run("build", "--root", damaged).stdout
        (damaged / "LICENSE").write_text("other words\n")
        told = run("build", "--root", damaged)
        assert (told.exit_code, "another build is at work" in told.stderr) == (1, True)


def test_between_two_renames_there_is_nothing_unchanged(damaged):
    (damaged / "dist/latest").rename(damaged / "dist/.old-latest")
    assert not recognised(damaged)


def test_a_check_neither_reads_nor_writes_the_record(tiny, run):
    assert run("check", "--root", tiny).exit_code == 0
    assert not (tiny / "dist").exists()
