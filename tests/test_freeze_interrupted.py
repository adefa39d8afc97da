"""Releasing: whatever fails or gets in between, all is left as it was."""

from __future__ import annotations

import fcntl

import pytest

from fmdata import freeze as freezing
from fmdata import release as releasing
from fmdata.errors import FmdataError
from histories import change, commit, declare, edited, release, state

pytestmark = pytest.mark.usefixtures("without_frictionless")


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
def test_an_interrupted_release_leaves_nothing_and_can_be_made_again(
    released_orchard, monkeypatch, where, what, at, error
):
    declare(released_orchard, "1.0.1")
    commit(released_orchard)
    before = state(released_orchard)
    with monkeypatch.context() as patched:
        fails(patched, where, what, error, at)
        with pytest.raises(type(error)):
            release(released_orchard, "1.0.1", "2026-03-02")
    assert state(released_orchard) == before
    assert not [path for path in (released_orchard / "dist").iterdir() if path.name.startswith((".stage", ".old"))]
    if what == "swap":
        release(released_orchard, "1.0.1", "2026-03-02")
        assert "## [1.0.1] - 2026-03-02" in (released_orchard / "CHANGELOG.md").read_text()


def test_one_that_was_killed_after_the_changelog_was_written_is_made_again(released_orchard, monkeypatch):
    declare(released_orchard, "1.0.1")
    commit(released_orchard)
    with monkeypatch.context() as patched:
        fails(patched, freezing, "build", KeyboardInterrupt(), 2)
        # A killed process takes nothing back.
        fails(patched, freezing, "replace_files", KeyboardInterrupt(), 2)
        with pytest.raises(KeyboardInterrupt):
            release(released_orchard, "1.0.1", "2026-03-02")
    written = (released_orchard / "CHANGELOG.md").read_bytes()
    assert b"## [1.0.1] - 2026-03-02" in written
    release(released_orchard, "1.0.1", "2026-03-02")
    assert (released_orchard / "CHANGELOG.md").read_bytes() == written


def test_a_failing_build_is_not_released(released_orchard, run):
    change(released_orchard, "raw/trees.csv", "a1,apple,4", "a1,apple,tall")
    declare(released_orchard, "1.0.1")
    commit(released_orchard)
    before = state(released_orchard)
    told = run("release", "--date", "2026-03-02", "--root", released_orchard)
    assert told.exit_code == 1 and "Nothing was released." in told.stderr and "tall" in told.stderr
    assert state(released_orchard) == before


def test_one_build_at_a_time(released_orchard, run):
    declare(released_orchard, "1.0.1")
    commit(released_orchard)
    before = state(released_orchard)
    with (released_orchard / "dist/.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = run("release", "--date", "2026-03-02", "--root", released_orchard)
    assert told.exit_code == 1 and "another build is at work" in told.stderr
    assert state(released_orchard) == before


def test_a_build_that_took_the_place_of_the_released_one_is_told(released_orchard, monkeypatch):
    declare(released_orchard, "1.0.1")
    commit(released_orchard)
    before, build = state(released_orchard), freezing.build

    def overtaken(root, *arguments):
        made = build(root, *arguments)
        with edited(root / "dist/latest/datapackage.json") as contract:
            contract["title"] = "Another"
        return made

    monkeypatch.setattr(freezing, "build", overtaken)
    with pytest.raises(FmdataError, match="it is not what was built"):
        release(released_orchard, "1.0.1", "2026-03-02")
    assert state(released_orchard) == before


def test_what_is_too_large_for_a_zip_is_not_released(fresh_orchard, run):
    with edited(fresh_orchard / "datapackage.json") as contract:
        contract["limits"] = {"zip": 10}
    before = state(fresh_orchard)
    told = run("release", "--date", "2026-01-02", "--root", fresh_orchard)
    assert told.exit_code == 1 and "Raise the limit zip" in told.stderr
    assert state(fresh_orchard) == before
