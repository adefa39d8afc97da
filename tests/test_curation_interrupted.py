"""What entries are made in: whatever interrupts it, everything of them is written, or nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curating import counts, lines, refused, told
from fmdata import swap


def test_where_there_are_no_links_files_are_copied(run, built_orchard, monkeypatch):
    def refuse(*_):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    assert counts(told(run, "add", "trees", "--set", "tree_id=b1", "--set", "kind=plum", "--root", built_orchard))


def test_more_failures_than_are_shown_are_all_in_a_file_of_the_project(run, built_orchard):
    text = "".join(json.dumps({"tree_id": f"b{n}", "kind": "plum", "height": 0}) for n in range(1_001))
    result = run("add", "trees", "--root", built_orchard, input=text)
    assert (result.exit_code, "all are in dist/failures.csv" in result.stderr) == (1, True)
    assert len(lines(built_orchard, "dist/failures.csv")) == 1_002
    assert "b1" not in (built_orchard / "raw/trees.csv").read_text()


@pytest.mark.parametrize("error", [KeyboardInterrupt, PermissionError])
@pytest.mark.parametrize("where", ["fmdata.proposal.make", "fmdata.proposal.replace_files"])
def test_whatever_interrupts_it_nothing_is_written(run, built_orchard, monkeypatch, error, where):
    def broken(*_, **__):
        raise error(13, "Permission denied", "trees.csv")

    monkeypatch.setattr(where, broken)
    refused(run, built_orchard, "add", "trees", "--set", "tree_id=b1", "--set", "kind=plum")


def test_while_a_build_is_at_work_nothing_is_entered(run, built_orchard):
    with swap.staging(built_orchard / "dist"):
        result = run("add", "trees", "--set", "tree_id=b1", "--set", "kind=plum", "--root", built_orchard)
    assert (result.exit_code, "another build is at work" in result.stderr) == (1, True)
    assert "b1" not in (built_orchard / "raw/trees.csv").read_text()


def test_a_file_that_cannot_be_written(run, built_orchard, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, _: Path(path).name != "trees.csv")
    said = refused(run, built_orchard, "add", "trees", "--set", "tree_id=b1", "--set", "kind=plum")
    assert "raw/trees.csv: the file cannot be written" in said


def test_an_error_names_the_project_not_the_folder_aside(run, built_orchard):
    (built_orchard / "CHANGELOG.md").unlink()
    said = refused(run, built_orchard, "add", "trees", "--set", "tree_id=b1", "--set", "kind=plum")
    assert f"CHANGELOG.md: there is no such file in {built_orchard}; a release needs it" in said
