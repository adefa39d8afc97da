"""Keys are for ever: what a build says of one that is gone, and how history follows what has a new name."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from histories import TOMBSTONES, append, build_released, change, declare, edited, orchard

pytestmark = pytest.mark.usefixtures("without_frictionless")
ROW = "a2,apple,,\n"
CORRECTED = "trees,a2,height,,3,Measured again.,,2026-01-02,a gardener,curator,accepted\n"
BURIED = "corrections,trees a2 height 2026-01-02,withdrawn,,1.1.0,Never was."


@pytest.fixture(scope="module")
def once(tmp_path_factory, without_frictionless):
    root = orchard(tmp_path_factory.mktemp("once") / "orchard")
    build_released(root, "1.0.0")
    return root


@pytest.fixture
def without_a2(once, tmp_path):
    """The orchard after its release, without a tree and what was corrected in it, and a tombstone of that alone."""
    root = Path(shutil.copytree(once, tmp_path / "orchard"))
    change(root, "raw/trees.csv", ROW, "")
    change(root, "raw/curation/corrections.csv", CORRECTED, "")
    append(root, TOMBSTONES, BURIED)
    declare(root, "1.1.0")
    return root


def log(root):
    with (root / "dist/latest/data/_changes.csv").open(encoding="utf-8", newline="") as stream:
        return [tuple(row.values()) for row in csv.DictReader(stream)]


def told(run, root):
    found = run("check", "--format", "json", "--root", root)
    return [(f["file"], f["line"], f["rule"], f["found"]) for f in json.loads(found.stdout)] if found.exit_code else []


def test_a_key_that_is_gone_needs_a_tombstone(without_a2, run):
    words = 'the key "a2" of trees was in 1.0.0 and is gone'
    assert told(run, without_a2) == [(TOMBSTONES, 0, "key gone", words)]
    append(without_a2, TOMBSTONES, "trees,a2,withdrawn,,1.1.0,It was a shrub.")
    assert run("build", "--root", without_a2).exit_code == 0
    rows = [row for row in log(without_a2) if row[1:3] == ("trees", "a2")]
    assert rows == [
        ("1.1.0", "trees", "a2", column, "removed", value, "", "It was a shrub.")
        for column, value in (("tree_id", "a2"), ("kind", "apple"), ("height", "3"), ("planted", ""))
    ]


@pytest.mark.parametrize(("since", "rules"), [
    ("1.0.1", []), ("1.0.0", ["version"]), ("1.2.0", ["version"]), ("soon", ["version"]),
])  # fmt: skip
def test_a_tombstone_says_since_when(without_a2, run, since, rules):
    append(without_a2, TOMBSTONES, f"trees,a2,withdrawn,,{since},It was a shrub.")
    assert [rule for _, _, rule, _ in told(run, without_a2)] == rules


def test_rows_may_be_merged_into_one_that_is_there(without_a2, run):
    append(without_a2, TOMBSTONES, "trees,a2,merged,a1,1.1.0,One tree.")
    assert run("build", "--root", without_a2).exit_code == 0


def test_a_tombstone_that_is_gone_is_missed(without_a2, run):
    append(without_a2, TOMBSTONES, "trees,a2,withdrawn,,1.1.0,It was a shrub.")
    build_released(without_a2, "1.1.0")
    change(without_a2, TOMBSTONES, "trees,a2,withdrawn,,1.1.0,It was a shrub.\n", "")
    declare(without_a2, "1.1.1")
    words = 'the key "trees a2" of tombstones was in 1.1.0 and is gone'
    [(_, _, rule, found)] = told(run, without_a2)
    assert (rule, found) == ("key gone", words)
    # And so is the row that comes back under its key.
    append(without_a2, "raw/trees.csv", "a2,apple,,")
    append(without_a2, TOMBSTONES, "trees,a2,withdrawn,,1.1.0,It was a shrub.")
    assert [rule for _, _, rule, _ in told(run, without_a2)] == ["key reused"]


def test_a_table_that_is_removed_takes_its_keys_with_it(once, tmp_path, run):
    root = Path(shutil.copytree(once, tmp_path / "orchard"))
    for file in ("datapackage.json", "raw/datapackage.json"):
        with edited(root / file) as contract:
            contract["resources"] = [one for one in contract["resources"] if one["name"] != "harvests"]
    (root / "raw/harvests.csv").unlink()
    (root / "pipeline/tables/harvests.sql").unlink()
    declare(root, "2.0.0")
    done = run("build", "--root", root)
    assert done.exit_code == 0, done.stderr


def test_the_history_follows_new_names(once, tmp_path, run):
    root = Path(shutil.copytree(once, tmp_path / "orchard"))
    change(root, "raw/harvests.csv", "a1,2023,41.5", "a1,2023,42")
    build_released(root, "1.0.1")
    assert log(root) == [("1.0.1", "harvests", "a1 2023", "kilos", "changed", "41.5", "42", "")]
    with edited(root / "datapackage.json") as contract:
        contract["resources"][1]["schema"]["fields"][2]["name"] = "weight"
    change(root, "pipeline/tables/harvests.sql", "harvest.kilos", "harvest.kilos AS weight")
    build_released(root, "2.0.0")
    with edited(root / "datapackage.json") as contract:
        contract["resources"][1] |= {"name": "crops", "path": "dist/latest/data/crops.csv"}
    (root / "pipeline/tables/harvests.sql").rename(root / "pipeline/tables/crops.sql")
    declare(root, "3.0.0")
    assert run("build", "--root", root).exit_code == 0
    assert log(root) == [("1.0.1", "crops", "a1 2023", "weight", "changed", "41.5", "42", "")]
    ask = "SELECT weight FROM crops_as_of('1.0.0') WHERE tree_id = 'a1'"
    assert run("query", ask, "--format", "csv", "--root", root).stdout == "weight\n41.5\n"


def test_two_keys_that_read_alike_are_told(tmp_path, run):
    root = orchard(tmp_path / "orchard")
    append(root, "raw/curation/corrections.csv",
           "trees,p1 kind,kind,x,y,A.,,2026-01-02,g,curator,rejected",
           "trees,p1,kind kind,x,y,B.,,2026-01-02,g,curator,rejected")  # fmt: skip
    [(file, line, rule, found)] = told(run, root)
    assert (file, line, rule) == ("raw/curation/corrections.csv", 4, "ambiguous key")
    assert '"trees p1 kind kind 2026-01-02"' in found


def test_a_great_many_lost_keys_are_told_in_a_file(small, run):
    shape = {"fields": [{"name": "id", "type": "integer"}], "primaryKey": "id"}
    root = small(shape, {"raw/t.csv": "id\n" + "".join(f"{number}\n" for number in range(1_500)),
                         "CHANGELOG.md": "## [Unreleased]\n"})  # fmt: skip
    build_released(root, "1.0.0")
    (root / "raw/t.csv").write_text("id\n0\n")
    declare(root, "1.1.0")
    told = run("build", "--root", root)
    assert told.exit_code == 1 and "1,499" in told.stderr and len(told.stderr) < 200_000
    report = (root / "dist/failures.csv").read_text().splitlines()
    assert len(report) == 1_500
    assert report[1].startswith('datapackage.json,0,0,t,"",key gone,"the key ""1"" of t was in')
