"""What curators correct: `fmdata correct` writes what a whole release was made of, or nothing."""

from __future__ import annotations

import csv

import pytest

from curating import IDS, contents, counts, lines, refused, told
from fmdata.freeze import freeze
from histories import CORRECTIONS

WHY = ("--reason", "Measured again.", "--date", "2026-03-01")


def corrected(root):
    with (root / CORRECTIONS).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_correction_is_a_row_and_what_follows_from_it_is_told(run, built_orchard):
    select = "SELECT harvest.tree_id, harvest.year, kilos / height AS kilos, harvest._file, harvest._line"
    (built_orchard / "pipeline/tables/harvests.sql").write_text(
        f"{select} FROM raw.harvests AS harvest JOIN trees AS tree ON tree.tree_id = harvest.tree_id"
    )
    assert run("build", "--root", built_orchard).exit_code == 0
    options = (*WHY, "--evidence", "A tape.", "--by", "a visitor", "--role", "reader")
    found = told(run, "correct", "trees", "a1", "height", "5", *options, "--root", built_orchard)
    [row] = [row for row in corrected(built_orchard) if row["row_key"] == "a1"]
    assert list(row.values()) == ["trees", "a1", "height", "4", "5", "Measured again.", "A tape.", "2026-03-01",
                                  "a visitor", "reader", "accepted"]  # fmt: skip
    assert lines(built_orchard, CORRECTIONS)[1].startswith("trees,a1,"), "where its key wants it"
    assert counts(found) == {"corrections": [1, 0, 0], "harvests": [0, 0, 1], "trees": [0, 0, 1]}
    assert found["changelog"] is None
    assert run("build", "--root", built_orchard).exit_code == 0
    assert "a1,apple,5,1999-04-01" in lines(built_orchard, "dist/latest/data/trees.csv")


def test_what_is_not_said_has_a_default(run, built_orchard, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1772323200")
    result = run("correct", "harvests", "p1 2023", "kilos", "012.50", "--reason", "Weighed.", "--root", built_orchard)
    assert result.exit_code == 0, result.output
    [row] = [row for row in corrected(built_orchard) if row["table_name"] == "harvests"]
    assert (row["right_value"], row["reported_on"], row["reported_by"], row["reporter_role"], row["status"]) == (
        "12.5", "2026-03-01", "A gardener", "curator", "accepted",
    )  # fmt: skip


def test_the_least_version_and_the_line_of_the_changelog(run, built_orchard):
    freeze(built_orchard, "2026-01-05", lambda _: None, 1_400_000_000)
    before = contents(built_orchard)
    result = run("correct", "trees", "a1", "planted", "--blank", *WHY, "--dry-run", "--root", built_orchard)
    assert result.exit_code == 0, result.output
    assert contents(built_orchard) == before
    assert "trees: 1 changed\n  ~ a1\n      planted  1999-04-01 → (blank)\n" in result.stdout
    assert "The least version after 0.1.0 is 0.1.1 (patch); it is 0.1.0, which is too low.\n" in result.stdout
    assert "patch  values corrected           trees: 1 row changed (planted): a1\n" in result.stdout
    assert "In the changelog:\n  - a1, `planted`: 1999-04-01 → (blank)\n" in result.stdout
    found = told(run, "add", "trees", "--set", "tree_id=b1", "--set", "kind=plum", "--dry-run", "--root", built_orchard)
    assert (found["minimum"]["version"], found["minimum"]["bump"]) == ("0.2.0", "minor")


def test_a_contract_on_one_line_stays_as_it_is(run, small):
    root = small(IDS, {"raw/t.csv": "id\n1\n", "CHANGELOG.md": "# Changes\n\n## [Unreleased]\n"})
    freeze(root, "2026-01-05", lambda _: None, 1_400_000_000)
    before = (root / "datapackage.json").read_bytes()
    found = told(run, "add", "t", "--set", "id=2", "--root", root)
    assert (found["minimum"]["version"], counts(found)) == ("0.2.0", {"t": [1, 0, 0]})
    assert (root / "datapackage.json").read_bytes() == before


def test_a_proposed_correction_is_not_applied(run, built_orchard):
    found = told(run, "correct", "trees", "a2", "height", "2", *WHY, "--status", "proposed", "--root", built_orchard)
    assert counts(found) == {"corrections": [1, 0, 0]}


def test_an_older_correction_is_superseded_if_one_says_so(run, built_orchard):
    cell = ("correct", "trees", "a2", "height")
    said = refused(run, built_orchard, *cell, "2", *WHY)
    assert f"{CORRECTIONS}:2: the cell has an accepted correction already" in said and "--supersede" in said
    assert "the cell says nothing already" in refused(run, built_orchard, *cell, "--blank", *WHY, "--supersede")
    assert 'the cell says "3" already' in refused(run, built_orchard, *cell, "3", *WHY, "--supersede")
    found = told(run, *cell, "2", *WHY, "--supersede", "--root", built_orchard)
    assert [(row["wrong_value"], row["right_value"], row["status"]) for row in corrected(built_orchard)[:2]] == [
        ("", "3", "superseded"), ("", "2", "accepted"),
    ]  # fmt: skip
    assert counts(found) == {"corrections": [1, 0, 1], "trees": [0, 0, 1]}
    assert run("build", "--root", built_orchard).exit_code == 0


@pytest.mark.parametrize(("arguments", "said"), [
    (["shrubs", "a1", "height", "5"], 'there is no table "shrubs"'),
    (["corrections", "a1", "reason", "x"], 'there is no table "corrections"'),
    (["trees", "z9", "height", "5"], 'trees has no row with the key "z9"'),
    (["harvests", "p1", "kilos", "5"], "expected the tree_id, year of one, joined by blanks"),
    (["trees", "a1", "girth", "5"], "expected one of kind, height, planted"),
    (["trees", "a1", "tree_id", "a9"], "Keys are for ever"),
    (["trees", "a1", "height", "4"], 'the cell says "4" already'),
    (["trees", "a1", "height", "+4"], 'the cell says "4" already'),
    (["trees", "a1", "height", "tall"], '"tall" is no value of trees.height'),
    (["trees", "a1", "kind", ""], "trees.kind may not be blank"),
    (["trees", "a1", "height", "0"], "minimum"),
    (["trees", "a1", "height", "5", "--status", "done"], "status"),
])  # fmt: skip
def test_what_cannot_be_corrected(run, built_orchard, arguments, said):
    assert said in refused(run, built_orchard, "correct", *arguments, *WHY)


@pytest.mark.parametrize("arguments", [["5", "--blank"], [], ["5", "--date", ""]])
def test_a_correction_that_is_not_all_there(run, built_orchard, arguments):
    code = 1 if "--date" in arguments else 2
    refused(run, built_orchard, "correct", "trees", "a1", "height", *arguments, "--reason", "x", code=code)


def test_without_a_build_or_an_extract_for_corrections(run, orchard, small):
    assert "there is no build" in refused(run, orchard, "correct", "trees", "a1", "height", "5", *WHY)
    root = small(IDS, {"raw/t.csv": "id\n1\n"})
    assert "no extract has the role corrections" in refused(run, root, "correct", "t", "1", "id", "5", *WHY)


def test_an_older_build_makes_a_stale_correction(run, built_orchard):
    text = (built_orchard / "raw/trees.csv").read_text()
    (built_orchard / "raw/trees.csv").write_text(text.replace("a1,apple,4", "a1,apple,6"))
    said = refused(run, built_orchard, "correct", "trees", "a1", "height", "5", *WHY)
    assert f'{CORRECTIONS}:2 wrong_value: the cell says "6", not "4"' in said
