"""Corrections are data: applied where they are accepted, seen by what is made of the table, told in the provenance."""

from __future__ import annotations

import csv
import re

import duckdb

CORRECTIONS = "raw/curation/corrections.csv"


def rows(root, table):
    with (root / f"dist/latest/data/{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def enter(root, *corrections):
    with (root / CORRECTIONS).open("a", encoding="utf-8", newline="") as stream:
        for table, key, column, wrong, right, status in corrections:
            words = ["Because.", "", "2026-03-01", "a gardener", "curator", status]
            csv.writer(stream, lineterminator="\n").writerow([table, key, column, wrong, right, *words])


def test_only_accepted_corrections_are_applied_and_all_are_published(run, orchard):
    assert run("build", "--root", orchard).exit_code == 0
    assert {row["tree_id"]: row["height"] for row in rows(orchard, "trees")} == {"a1": "4", "a2": "3", "p1": "7"}
    assert [row["status"] for row in rows(orchard, "corrections")] == ["accepted", "rejected"]
    # Extracts stay as they came in.
    assert "a2,apple,,\n" in (orchard / "raw/trees.csv").read_text()


def test_what_is_made_of_a_table_has_the_right_value(run, orchard):
    select = "SELECT harvest.tree_id, harvest.year, kilos / height AS kilos, harvest._file, harvest._line"
    (orchard / "pipeline/tables/harvests.sql").write_text(
        f"{select} FROM raw.harvests AS harvest JOIN trees AS tree ON tree.tree_id = harvest.tree_id"
    )
    enter(orchard, ("trees", "a1", "height", "4", "5", "accepted"))
    assert run("build", "--root", orchard).exit_code == 0
    assert rows(orchard, "harvests")[0]["kilos"] == "8.3"


def test_a_row_of_a_longer_key_and_values_of_every_kind(run, orchard):
    enter(
        orchard,
        ("harvests", "p1 2023", "kilos", "12", "12.5", "accepted"),
        ("trees", "p1", "planted", "2001-10-15", "", "accepted"),
        ("trees", "p1", "kind", "pear", 'Pear, "Williams"', "accepted"),
    )
    assert run("build", "--root", orchard).exit_code == 0
    assert rows(orchard, "harvests")[1]["kilos"] == "12.5"
    [pear] = [row for row in rows(orchard, "trees") if row["tree_id"] == "p1"]
    assert (pear["planted"], pear["kind"]) == ("", 'Pear, "Williams"')


def test_a_corrected_value_is_checked_as_any_other(run, orchard):
    enter(orchard, ("trees", "a1", "height", "4", "0", "accepted"))
    told = run("build", "--root", orchard)
    assert told.exit_code == 1 and "minimum" in told.stderr and not (orchard / "dist/latest").exists()


def test_a_corrected_cell_is_curated_and_keeps_its_place(run, project):
    enter(project, ("claims", "fm-igg-targets-glia", "modality", "hedged", "hypothesis", "accepted"))
    assert run("build", "--root", project).exit_code == 0
    with duckdb.connect(str(project / "dist/latest/fmdata.duckdb"), read_only=True) as con:
        cell = "FROM where_from('claims', 'fm-igg-targets-glia') WHERE column_name = 'modality'"
        told = con.execute(f"SELECT value, derivation, as_written, passage_id {cell}").fetchall()
    assert told == [("hypothesis", "curated", None, "holistic-pulse-2024-l030-s1")]


def test_a_split_value_that_is_corrected_needs_no_words_in_its_place(run, project):
    """Its words are not those of the article any more: that is what a correction says."""
    enter(project, ("treatments", "neuroinflammation-dexmedetomidine", "label", "Precedex (dexmedetomidine)",
                    "dexmedetomidine", "accepted"))  # fmt: skip
    told = run("build", "--root", project)
    assert told.exit_code == 0, told.stderr


def test_a_table_without_a_key_has_no_row_to_correct(run, orchard):
    contract = orchard / "datapackage.json"
    told = contract.read_text(encoding="utf-8")
    keyless = re.sub(r',\s*"primaryKey": \[\s*"tree_id",\s*"year"\s*\]', "", told)
    assert keyless != told
    contract.write_text(keyless, encoding="utf-8")
    enter(orchard, ("harvests", "p1 2023", "kilos", "12", "13", "accepted"))
    result = run("check", "--root", orchard)
    assert (result.exit_code, "harvests has no primary key to name its rows by" in result.stderr) == (1, True)
