"""A second article, on another subject, takes data and no code: the whole way with the real commands.

The article and its extracts are invented (`tests/second_article/`). They are laid over a copy of the project; what the
first article gives stays as it was, although the second one's id goes before that of the first in the alphabet.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from conftest import ROOT, copy_inputs
from fmdata.errors import CheckError
from fmdata.release import build
from second import (
    ARTICLE,
    EXTRACTS,
    FACTS,
    FIRST,
    HERE,
    SECOND,
    WRITTEN,
    append,
    fmdata,
    inputs,
    list_files,
    rows,
    told,
)


@pytest.fixture(scope="module")
def way(tmp_path_factory):
    """The project with both articles, anchored and built, and what the commands on the way said."""
    root = copy_inputs(tmp_path_factory.mktemp("second") / "project")
    shutil.copytree(HERE / "raw" / SECOND, root / "raw" / SECOND)
    for extract in (HERE / "curation").glob("*.csv"):
        append(root / "raw" / "curation" / extract.name, extract.read_bytes())
    list_files(root, EXTRACTS)
    unanchored = fmdata("check", "--root", root, "--format", "json")
    list_files(root, WRITTEN)
    absent = fmdata("check", "--root", root)
    before = inputs(root)
    anchored = fmdata("anchor", ARTICLE, "--root", root, "--format", "json")
    after = inputs(root)
    done = fmdata("build", "--root", root)
    assert done.exit_code == 0, done.output
    return SimpleNamespace(
        root=root, data=root / "dist" / "latest" / "data", unanchored=unanchored, absent=absent, before=before,
        anchored=anchored, after=after,
    )  # fmt: skip


@pytest.fixture
def changed(way, tmp_path):
    """A copy of the inputs of both articles, to change at will."""
    ignored = shutil.ignore_patterns("dist")
    return Path(shutil.copytree(way.root, tmp_path / "changed", ignore=ignored))


@pytest.fixture(scope="module")
def first_alone(built):
    """The root of a build of the first article alone."""
    return built.folder.parent.parent


# On the way -----------------------------------------------------------------------------------------------------------


def test_extracts_have_the_columns_of_the_first_article():
    for ours, theirs in ((HERE / "raw" / SECOND, FIRST), (HERE / "curation", "curation")):
        for file in ours.glob("*.csv"):
            first = ROOT / "raw" / theirs / file.name
            assert file.read_text("utf-8").split("\n")[0] == first.read_text("utf-8").split("\n")[0], file.name


def test_before_anchoring_every_place_of_the_new_article_lacks_its_anchor(way):
    failures = told(way.unanchored)
    lacking = [f for f in failures if f["rule"] == "no anchor"]
    assert len(lacking) == len([r for r in rows(way.data / "passages.csv") if r["source_id"] == SECOND])
    assert all(f" of {SECOND} " in f["found"] and "fmdata anchor" in f["advice"] for f in lacking)
    assert [f["file"] for f in failures if f["rule"] == "no word runs"] == [f"raw/{SECOND}/word_runs.csv"]
    assert not any(FIRST in f["found"] for f in failures)


def test_files_that_are_listed_and_not_written_yet_are_named(way):
    assert way.absent.exit_code == 1
    for name in WRITTEN:
        assert f"raw/{SECOND}/{name}.csv" in way.absent.output


def test_anchor_writes_the_two_files_of_its_source_and_nothing_else(way):
    assert way.anchored.exit_code == 0, way.anchored.output
    done = json.loads(way.anchored.stdout)
    assert done["source"] == SECOND
    assert done["files"] == [f"raw/{SECOND}/{name}.csv" for name in WRITTEN]
    assert sorted(set(way.after) - set(way.before)) == done["files"]
    assert {file: way.after[file] for file in way.before} == way.before
    # It only reads the text: the same text gives the same files again.
    again = fmdata("anchor", ARTICLE, "--root", way.root)
    assert again.exit_code == 0 and inputs(way.root) == way.after


# The release ----------------------------------------------------------------------------------------------------------


def test_both_articles_are_in_the_release(way):
    assert {row["source_id"] for row in rows(way.data / "sources.csv")} == {FIRST, SECOND}
    places = {row["passage_id"]: row["source_id"] for row in rows(way.data / "passages.csv")}
    for table in FACTS:
        found = {row.get("source_id") or places[row["passage_id"]] for row in rows(way.data / f"{table}.csv")}
        assert found == {FIRST, SECOND}, table


def test_the_rows_of_the_first_article_stay_as_they_were(way, built):
    # What changed since the releases is none of the article's; this copy has no releases.
    files = sorted(file for file in (built.folder / "data").glob("*.csv") if file.stem != "_changes")
    assert len(files) > 20
    for file in files:
        old, new = (folder.read_text(encoding="utf-8").splitlines() for folder in (file, way.data / file.name))
        kept = set(old)
        assert [line for line in new if line in kept] == old, file.name


def test_what_both_articles_name_is_one_thing(way):
    symptoms = [row for row in rows(way.data / "symptoms.csv") if row["label"] == "Burning"]
    assert {(row["source_id"], row["symptom_id"]) for row in symptoms} == {
        (FIRST, "burning-pain"),
        (SECOND, "burning-pain"),
    }
    treated = {row["indication_id"] for row in rows(way.data / "treatments.csv") if row["drug_id"] == "gabapentin"}
    assert treated == {"fibromyalgia", "small-fiber-neuropathy", "pruners-wrist"}


def test_references_of_the_new_article_have_keys_of_their_own(way):
    works = [row for row in rows(way.data / "bibliography.csv") if row["source_id"] == SECOND]
    assert [row["reference_id"] for row in works] == [f"{SECOND}-ref-01", f"{SECOND}-ref-02"]
    assert (works[0]["doi"], works[0]["et_al"]) == ("10.5555/jih.2024.0311", "true")


def test_both_articles_may_give_a_rate_of_one_antigen(way):
    """Each with the references of its own article."""
    sql = "SELECT source_id, rate_percent, reference_ids FROM rates_with_names WHERE antigen_id = 'serotonin'"
    found = json.loads(fmdata("query", sql, "--root", way.root, "--format", "json").stdout)
    assert {tuple(row.values()) for row in found} == {(FIRST, 73, None), (SECOND, 4, f"{SECOND}-ref-01")}


# A reader's copy ------------------------------------------------------------------------------------------------------


def verified(way, copy, *options):
    result = fmdata("verify", "--source", copy, "--root", way.root, "--format", "json", *options)
    return result.exit_code, json.loads(result.stdout)


@pytest.mark.parametrize("options", [(), ("--source-id", SECOND)], ids=["told by its places", "named"])
def test_the_text_is_known_for_the_second_article(way, options):
    code, found = verified(way, ARTICLE, *options)
    assert (code, found["source_id"], found["is_the_capture"]) == (0, SECOND, True)
    assert {state for state, count in found["passages"].items() if count} == {"exact"}
    assert found["values"]["found"] > 50 and found["values"]["not_found"] == 0


def test_a_copy_with_other_line_breaks_and_marks_is_whole(way, tmp_path):
    text = ARTICLE.read_text(encoding="utf-8").replace("’", "'").replace("• ", "* ").replace("– ", "")
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    copy = tmp_path / "copy.txt"
    copy.write_text("\r\n\r\n".join(paragraphs).upper(), encoding="utf-8")
    code, found = verified(way, copy)
    assert (code, found["source_id"], found["is_the_capture"]) == (0, SECOND, False)
    assert (found["passages"]["lost"], found["values"]["not_found"]) == (0, 0)


def test_a_copy_without_a_sentence_has_lost_its_place(way, tmp_path):
    text = ARTICLE.read_text(encoding="utf-8")
    copy = tmp_path / "copy.txt"
    copy.write_text(text.replace(" It did not help.", ""), encoding="utf-8")
    code, found = verified(way, copy)
    assert (code, found["source_id"]) == (1, SECOND)
    assert [place["passage_id"] for place in found["places"] if place["state"] != "exact"] == [f"{SECOND}-l045-s3"]


def test_the_text_of_one_article_is_no_copy_of_the_other(way):
    result = fmdata("verify", "--source", ARTICLE, "--source-id", FIRST, "--root", way.root)
    assert result.exit_code != 0 and FIRST in result.output


# Back to the source ---------------------------------------------------------------------------------------------------


def test_a_row_of_the_second_article_is_traced(way):
    key = f"{SECOND}-pruners-wrist-secateurine"
    result = fmdata("trace", "treatments", key, "--root", way.root, "--format", "json")
    found = json.loads(result.stdout)
    cells = {cell["column_name"]: cell for cell in found["cells"]}
    assert {cell["source_id"] for cell in cells.values()} == {SECOND}
    assert (cells["drug_id"]["as_written"], cells["drug_id"]["passage_id"]) == ("secateurine", f"{SECOND}-l038")
    assert (cells["stage"]["derivation"], cells["stage"]["passage_id"]) == ("inferred", f"{SECOND}-l035")
    assert f"{SECOND}-ref-01" in json.dumps(found["about"])


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("autoantibody_rates", f"{FIRST} serotonin"),
        ("treatments", "fibromyalgia-gabapentin"),
        ("entity_names", "gabapentin gabapentin generic"),
        ("claims", "fm-igg-targets-glia"),
        ("bibliography", "ref-01"),
    ],
)
def test_a_row_of_the_first_article_is_traced_as_before(way, first_alone, table, key):
    alone, both = (fmdata("trace", table, key, "--root", root) for root in (first_alone, way.root))
    assert alone.exit_code == 0 and alone.output == both.output


def test_coverage_tells_of_both_articles(way):
    found = json.loads(fmdata("coverage", "--root", way.root, "--format", "json").stdout)
    assert {part["source_id"] for part in found["sections"]} == {FIRST, SECOND}
    own = {gap["line_number"]: gap["status"] for gap in found["gaps"] if gap["source_id"] == SECOND}
    assert (own[7], own[47], own[54]) == ("boilerplate", "out_of_scope", "boilerplate")
    shown = fmdata("coverage", "--root", way.root).output
    assert f"{FIRST}: 143 lines" in shown and f"{SECOND}: 36 lines" in shown


# What must not pass ---------------------------------------------------------------------------------------------------


def test_a_sentence_of_the_second_article_stops_the_build(changed):
    """Also one that is wrapped, in other letters and marks."""
    borrowed = {
        9: "Pruner's wrist is what growers call an ache that comes on after long days with the shears.",
        18: "THEIR grip strength fell; while they worked with blunt shears.",
    }
    added = "".join(f"\nsore-{line},sore {line},symptom,{words}" for line, words in borrowed.items())
    append(changed / "raw" / "curation" / "entities.csv", f"{added}\n".encode())
    with pytest.raises(CheckError) as stopped:
        build(changed, lambda _: None)
    failures = stopped.value.failures
    assert {(f.rule, f.resource, f.field) for f in failures} == {("rights", "entities", "description")}
    places = [f.found.rsplit(" words in a row of ")[-1] for f in failures]
    assert places == [f"line {line} of {SECOND}" for line in borrowed]
    assert not (changed / "dist" / "latest").exists()


def test_swapped_anchors_are_known_for_those_of_the_other_article(changed):
    one, other = (changed / "raw" / source / "anchors.csv" for source in (FIRST, SECOND))
    kept = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(kept)
    failures = told(fmdata("check", "--root", changed, "--format", "json"))
    swapped = [(f["file"], f["found"]) for f in failures if f["rule"] == "anchors of another source"]
    assert sorted(swapped, reverse=True) == [
        (f"raw/{FIRST}/anchors.csv", f"these are anchors of the source {SECOND}"),
        (f"raw/{SECOND}/anchors.csv", f"these are anchors of the source {FIRST}"),
    ]


def test_what_is_linked_across_articles_is_refused(changed):
    """A study, an issue or a reference of one article beside a row of the other."""

    def put(file, old, new):
        path = changed / "raw" / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, old
        path.write_text(text.replace(old, new), encoding="utf-8")

    study, reason = "brain-imaging-2021", "Both are about something that hurts, and both were written down in a year."
    put(f"{SECOND}/autoantibody_rates.csv", "Elastin,,6%,The volunteers of the hedge trial,reported,48,reported,,13",
        "Elastin,,6%,The volunteers of the hedge trial,reported,48,reported,rates-without-denominators,13")  # fmt: skip
    put(f"{SECOND}/claims.csv", "asserted,article,,9,2", f"asserted,article,{study},9,2")
    put(f"{SECOND}/study_findings.csv", "grip,hedge-trial-2024,", f"grip,{study},")
    put(f"{SECOND}/treatment_mentions.csv", "in_use,,45,1", f"in_use,{study},45,1")
    added = [
        f"{study}-{SECOND}-ref-01,{study},,,,{SECOND}-ref-01",
        "pruners-wrist-left-handed-ref-01,,pruners-wrist-left-handed,,,ref-01",
        f"fibromyalgia-gabapentin-{SECOND}-ref-01,,,fibromyalgia-gabapentin,,{SECOND}-ref-01",
        f"thyroid-gland-{SECOND}-ref-01,,,,thyroid-gland,{SECOND}-ref-01",
    ]
    links = "".join(f"\n{link},curator_inference,low,{reason!r}".replace("'", '"') for link in added)
    append(changed / "raw" / "curation" / "evidence_links.csv", f"{links}\n".encode())
    failures = told(fmdata("check", "--root", changed, "--format", "json"))
    assert sorted((f["file"].removeprefix("raw/"), f["rule"]) for f in failures) == [
        ("curation/evidence_links.csv", "antigen_has_a_rate"),
        *[("curation/evidence_links.csv", "reference_is_of_this_article")] * 3,
        (f"{SECOND}/autoantibody_rates.csv", "issue_is_of_this_article"),
        (f"{SECOND}/claims.csv", "study_is_of_this_article"),
        (f"{SECOND}/study_findings.csv", "study_is_of_this_article"),
        (f"{SECOND}/treatment_mentions.csv", "study_is_of_this_article"),
    ]
