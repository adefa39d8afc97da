"""What stands among the releases: a folder that is none, and a release that was touched or is gone, is told."""

from __future__ import annotations

import shutil

import pytest

from histories import FILES, build_released, declare

pytestmark = pytest.mark.usefixtures("without_frictionless")


STRAY = {
    "a file": lambda folder: (folder / "notes.txt").touch(),
    "a folder that is no version": lambda folder: (folder / "v1.0.1").mkdir(),
    "a link": lambda folder: (folder / "1.0.1").symlink_to("1.0.0"),
    "an empty version": lambda folder: (folder / "1.0.1").mkdir(),
}


@pytest.mark.parametrize("stray", STRAY.values(), ids=STRAY)
def test_what_is_no_release_does_not_stand_among_releases(released_orchard, run, stray):
    stray(released_orchard / "dist/releases")
    declare(released_orchard, "1.0.2")
    told = run("build", "--root", released_orchard)
    assert told.exit_code == 1 and "Error: dist/releases/" in told.stderr, told.stderr
    assert "expected folders named by a version" in told.stderr or "SHA256SUMS: it is missing" in told.stderr


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("how", ["touched", "gone"])
def test_a_release_that_was_touched_stops_builds_and_does_not_verify(released_orchard, run, file, how):
    path = released_orchard / "dist/releases/1.0.0" / file
    data = path.read_bytes()
    path.unlink() if how == "gone" else path.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    declare(released_orchard, "1.0.0" if how == "gone" else "1.0.1")
    told = run("build", "--root", released_orchard)
    assert told.exit_code == 1 and "dist/releases/1.0.0/" in told.stderr and "restore it" in told.stderr
    told = run("verify", "1.0.0", "--root", released_orchard)
    assert told.exit_code == 1 and told.stdout == "" and told.stderr


def test_one_file_too_many_in_a_release_is_told(released_orchard, run):
    (released_orchard / "dist/releases/1.0.0/more.txt").touch()
    told = run("build", "--root", released_orchard)
    assert told.exit_code == 1 and "more.txt: SHA256SUMS does not list it" in told.stderr


def test_a_missing_release_is_missed(released_orchard, run):
    for version in ("1.0.1", "1.0.2"):
        build_released(released_orchard, version, "2026-03-02")
    shutil.rmtree(released_orchard / "dist/releases/1.0.1")
    declare(released_orchard, "1.0.3")
    told = run("build", "--root", released_orchard)
    assert told.exit_code == 1 and "dist/releases/1.0.1: the release is missing, though 1.0.2" in told.stderr
