"""Provenance, anchors, rights and history through both engines: of the real project, and of one of many sources."""

from __future__ import annotations

import json
import shutil

import pytest

import walks
from conftest import copy_inputs, frictionless_unasked, write_small
from fmdata.files import REPORT
from fmdata.history import RELEASES
from histories import append, change, declare, release
from test_spark_same import SCHEMA, rows

pytestmark = pytest.mark.spark


def changes(root):
    return (root / "dist/latest/changes.json").read_bytes()


@pytest.fixture
def both_changes(spark, both):
    """Build a project on both engines: how each ends, and the list of changes of each."""
    from fmdata.spark.build import build, prepared

    def run(root):
        told = both(root)
        local = changes(root)
        build(spark, prepared(root), lambda _: None)
        return told, (changes(root), local)

    return run


def test_the_real_project_is_the_same(tmp_path, both, spark):
    root = copy_inputs(tmp_path / "project", releases=True)
    ours, theirs = both(root)
    assert ours == theirs and ours[0] == "built" and ours[2]["provenance"] > 2_000 and ours[2]["_changes"]


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    return walks.project(tmp_path_factory.mktemp("walked") / "park")


def test_many_sources_are_the_same_wherever_they_are_looked_at(tmp_path, both, walked):
    ours, theirs = both(shutil.copytree(walked, tmp_path / "park"))
    assert ours == theirs and ours[0] == "built" and ours[2]["provenance"] == 9 * walks.WALKS


def test_faults_of_many_sources_are_told_alike(tmp_path, both, walked):
    root = shutil.copytree(walked, tmp_path / "park")
    rules = walks.spoil(root)
    ours, theirs = both(root)
    assert ours == theirs and ours[0] == "failures" and rules <= ours[2].keys()


def test_words_of_a_source_in_a_release_are_told_alike(tmp_path, both, walked):
    root = shutil.copytree(walked, tmp_path / "park")
    borrowed = "grows the tree 7 of kind 1, 27 metres high and by now"
    change(root, "raw/walk-6/trees.csv", "24 metres,,", f'24 metres,"{borrowed}",')
    append(root, "LICENSE", "and by now older than the wall beside it, older than ever")
    contract = json.loads((root / "datapackage.json").read_text(encoding="utf-8"))
    contract["description"] = "the tree 3 of kind 2, 16 metres high and by now older"
    (root / "datapackage.json").write_text(json.dumps(contract), encoding="utf-8")
    ours, theirs = both(root)
    assert ours[0] == theirs[0] == "failures"
    # Files that Spark does not write, such as the README, are not told of: each says what another one said.
    assert ours == theirs
    assert {failure.file for failure in ours[1]} == {"raw/walk-6/trees.csv", "LICENSE", "datapackage.json"}


def test_what_changed_is_told_alike(released_orchard, both_changes):
    root = released_orchard
    declare(root, "1.1.0")
    append(root, "raw/trees.csv", "p2,pear,8,2002-01-01")
    (ours, theirs), (ours_changed, theirs_changed) = both_changes(root)
    assert ours == theirs and ours[0] == "built" and ours[2]["_changes"] == 1
    assert ours_changed == theirs_changed and b'"added"' in ours_changed


@pytest.mark.parametrize("gone", [3, 1_200])
def test_keys_that_are_gone_are_told_alike(tmp_path, both, gone):
    root = write_small(tmp_path / "p", SCHEMA, {"raw/t.csv": rows(1_500, 7)})
    with frictionless_unasked():
        release(root, "1.0.0")
    declare(root, "2.0.0")
    text = (root / "raw/t.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (root / "raw/t.csv").write_text("".join(text[:-gone]), encoding="utf-8")
    ours, theirs = both(root)
    assert ours == theirs and ours[0] == "failures" and ours[2] == {"key gone": gone}
    assert ours[3] == (REPORT if gone > 1_000 else "")


def test_a_version_that_is_too_low_is_told_alike(tmp_path, both):
    root = write_small(tmp_path / "p", SCHEMA, {"raw/t.csv": rows(50, 7)})
    with frictionless_unasked():
        release(root, "1.0.0")
    append(root, "raw/t.csv", "900,a,new,")
    for version in ("1.0.0", "1.0.1"):
        declare(root, version)
        ours, theirs = both(root)
        assert ours == theirs and ours[0] == "error" and "asks for 1.1.0" in ours[1]
    assert [path.name for path in (root / RELEASES).iterdir()] == ["1.0.0"]
