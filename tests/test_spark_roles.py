"""Provenance, anchors, rights and history through both engines: of the real project, and of one of many sources."""

from __future__ import annotations

import json
import shutil

import pytest

import walks
from conftest import copy_inputs, frictionless_unasked, write_small
from fmdata.borrowing import Gate
from fmdata.files import REPORT
from fmdata.history import RELEASES
from histories import TOMBSTONES, append, change, declare, edited, release
from test_spark_same import SCHEMA, rows

pytestmark = pytest.mark.spark
UNRELEASED = {"CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n\n- Rows.\n"}


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


def extended(root, table, sql, rows):
    """Give a project one more table of one text column, `w`, made by a SELECT of an extract with some rows."""
    schema = {"fields": [{"name": "w", "type": "string", "constraints": {"required": True}}]}
    for file, path in (("datapackage.json", f"dist/latest/data/{table}.csv"), ("raw/datapackage.json", f"{table}.csv")):
        with edited(root / file) as contract:
            contract["resources"].append({"name": table, "path": path, "schema": schema})
    (root / f"pipeline/tables/{table}.sql").write_text(sql, encoding="utf-8")
    (root / f"raw/{table}.csv").write_text("".join(f"{row}\n" for row in ["w", *rows]), encoding="utf-8")


def without_views(park):
    """The park without what is the DuckDB file's."""
    with edited(park / "datapackage.json") as contract:
        contract.pop("views")
    for folder in ("queries", "views"):
        shutil.rmtree(park / "pipeline" / folder)
    return park


def test_words_of_a_source_in_whole_files_are_told_alike(park, both):
    root, words = without_views(park), (park / "captures/bench-walk.txt").read_text(encoding="utf-8").split()
    extended(root, "notes", "SELECT * FROM raw.notes", (word.strip(",.") for word in words[2:14]))
    (root / "LICENSE").write_text(" ".join(words[2:14]), encoding="utf-16")
    ours, theirs = both(root)
    assert ours == theirs and {failure.file for failure in ours[1]} == {"LICENSE"}
    (root / "LICENSE").write_text("CC0", encoding="utf-8")
    ours, theirs = both(root)
    assert ours == theirs and {failure.file for failure in ours[1]} == {"data/notes.csv"}


def test_words_of_a_source_in_the_list_of_changes_are_told_alike(park, both, monkeypatch):
    root, words = without_views(park), (park / "captures/bench-walk.txt").read_text(encoding="utf-8").split()
    borrowed = " ".join(words[2:14]).replace(",", "")
    change(root, "raw/bench-walk/trees.csv", "17 metres,,", f"17 metres,{borrowed},")
    (root / "CHANGELOG.md").write_text(UNRELEASED["CHANGELOG.md"], encoding="utf-8")
    with frictionless_unasked(), monkeypatch.context() as patched:
        patched.setattr("fmdata.release.load_gate", lambda *_: Gate({}))
        release(root, "1.0.0")
    change(root, "raw/bench-walk/trees.csv", borrowed, "In other words.")
    declare(root, "1.1.0")
    ours, theirs = both(root)
    assert ours == theirs and {failure.file for failure in ours[1]} == {"changes.json"}


def test_what_only_follows_from_anchors_is_told_where_nothing_is_wrong_with_them(park, both):
    root = without_views(park)
    change(root, "pipeline/tables/passages.sql", "char_end, token_count", "char_end, nullif(token_count, token_count)")
    text = (root / "pipeline/tables/passages.sql").read_text(encoding="utf-8")
    text = text.replace("nullif(token_count, token_count)", "nullif(token_count, token_count) AS token_count")
    (root / "pipeline/tables/passages.sql").write_text(text, encoding="utf-8")
    ours, theirs = both(root)
    assert ours == theirs and ours[2] == {"required": 5}


def test_sources_without_an_id_or_a_capture_are_told_alike(park, both):
    root = without_views(park)
    (root / "raw/sources.csv").write_text("capture_sha256,capture_bytes,capture_lines\n,1,1\n", encoding="utf-8")
    with edited(root / "raw/datapackage.json") as contract:
        contract["resources"][0]["path"].append("sources.csv")
    text = (root / "raw/bench-walk/anchors.csv").read_text(encoding="utf-8")
    capture = text.splitlines()[1].split(",")[10]
    (root / "raw/bench-walk/anchors.csv").write_text(text.replace(capture, ""), encoding="utf-8")
    ours, theirs = both(root)
    assert ours == theirs and "stale anchors" in ours[2]


def test_a_tombstone_that_says_not_since_when_is_told_alike(fresh_orchard, both):
    append(fresh_orchard, TOMBSTONES, "trees,a9,withdrawn,,,It fell.")
    ours, theirs = both(fresh_orchard)
    assert ours == theirs and ours[0] == "failures"


def test_what_changed_is_told_alike(released_orchard, both_changes):
    root = released_orchard
    declare(root, "1.1.0")
    append(root, "raw/trees.csv", "p2,pear,8,2002-01-01")
    (ours, theirs), (ours_changed, theirs_changed) = both_changes(root)
    assert ours == theirs and ours[0] == "built" and ours[2]["_changes"] == 1
    assert ours_changed == theirs_changed and b'"added"' in ours_changed
    latest = root / "dist/latest"
    there = {path.relative_to(latest).as_posix() for path in latest.rglob("*") if path.is_file()} - {"SHA256SUMS"}
    assert there == {line.split("  ")[1] for line in (latest / "SHA256SUMS").read_text().splitlines()}
    assert "data/_changes/part-00000.parquet" in there


@pytest.mark.parametrize("gone", [3, 1_200])
def test_keys_that_are_gone_are_told_alike(tmp_path, both, gone):
    root = write_small(tmp_path / "p", SCHEMA, {"raw/t.csv": rows(1_500, 7), **UNRELEASED})
    with frictionless_unasked():
        release(root, "1.0.0")
    declare(root, "2.0.0")
    text = (root / "raw/t.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (root / "raw/t.csv").write_text("".join(text[:-gone]), encoding="utf-8")
    ours, theirs = both(root)
    assert ours == theirs and ours[0] == "failures" and ours[2] == {"key gone": gone}
    assert ours[3] == (REPORT if gone > 1_000 else "")


def test_a_version_that_is_too_low_is_told_alike(tmp_path, both):
    root = write_small(tmp_path / "p", SCHEMA, {"raw/t.csv": rows(50, 7), **UNRELEASED})
    with frictionless_unasked():
        release(root, "1.0.0")
    append(root, "raw/t.csv", "900,a,new,")
    for version in ("1.0.0", "1.0.1"):
        declare(root, version)
        ours, theirs = both(root)
        assert ours == theirs and ours[0] == "error" and "asks for 1.1.0" in ours[1]
    assert [path.name for path in (root / RELEASES).iterdir()] == ["1.0.0"]
