"""Which works are credited with an answer: worked out with SQL of its own for the real data, by hand for the meadow."""

from __future__ import annotations

import json
import shutil

import pytest

from conftest import BASES
from crediting import asking
from fmdata.references.credit import Credit
from fmdata.release import build

ARTICLE = ("holistic-pulse-2024",)
# What a claim rests on: its own links and those of its study.
CLAIMS = "SELECT reference_id FROM evidence_links JOIN claims AS c USING (claim_id) WHERE "
OF_THEIR_STUDIES = "SELECT reference_id FROM evidence_links JOIN claims AS c USING (study_id) WHERE "
STUDIES = "SELECT reference_id FROM evidence_links WHERE study_id IN "
# A query, the tables it reads, and SQL for the works that it rests on.
REAL = {
    "all claims": (
        "SELECT claim_id, modality FROM claims",
        ("claims",),
        f"{CLAIMS} true UNION {OF_THEIR_STUDIES} true",
    ),
    "claims of a kind": (
        "SELECT statement FROM claims WHERE modality = 'hedged'",
        ("claims",),
        f"{CLAIMS} modality = 'hedged' UNION {OF_THEIR_STUDIES} modality = 'hedged'",
    ),
    "one rate": (
        "SELECT rate_percent FROM autoantibody_rates WHERE antigen_id = 'thyroid-gland'",
        ("autoantibody_rates",),
        "VALUES ('ref-06')",
    ),
    "rates on nothing": (
        "SELECT avg(rate_percent) FROM autoantibody_rates WHERE rate_percent > 50",
        ("autoantibody_rates",),
        "SELECT 'none' WHERE false",
    ),
    "findings joined with their studies": (
        "SELECT f.outcome, s.label FROM study_findings AS f JOIN studies AS s USING (study_id) WHERE s.year = 2021",
        ("study_findings", "studies"),
        f"{STUDIES} (SELECT study_id FROM study_findings JOIN studies USING (study_id) WHERE year = 2021)",
    ),
    "brain regions, grouped": (
        "SELECT laterality, count(*) FROM brain_region_activity GROUP BY laterality",
        ("brain_region_activity",),
        "VALUES ('ref-15')",
    ),
    "treatments of animals": (
        "SELECT label FROM treatments WHERE stage = 'animal_research'",
        ("treatments",),
        "SELECT reference_id FROM evidence_links JOIN treatments AS t "
        "ON evidence_links.treatment_id = t.treatment_id OR evidence_links.study_id = t.study_id "
        "WHERE stage = 'animal_research'",
    ),
    "evidence itself": (
        "SELECT rationale FROM evidence_links WHERE confidence = 'low'",
        ("evidence_links",),
        "SELECT reference_id FROM evidence_links WHERE confidence = 'low'",
    ),
    "things": ("SELECT name FROM entities", ("entities",), "SELECT 'none' WHERE false"),
}


@pytest.fixture(scope="module")
def real(built):
    with asking(built) as asked:
        yield asked


@pytest.fixture(scope="module")
def meadow(built_meadow):
    with asking(built_meadow) as asked:
        yield asked


@pytest.mark.parametrize("question", REAL)
def test_works_behind_real_answers(real, ask, question):
    sql, tables, expected = REAL[question]
    wanted = sorted({key for (key,) in ask(expected)})
    assert real.works(sql, *tables) == wanted
    assert real.runs[-1] <= 3 * 29 + 3 * 47 + 10


def test_the_expected_works_are_told_apart(ask):
    """Expectations that were all alike, or all empty, would prove nothing."""
    counts = [len({key for (key,) in ask(expected)}) for _, _, expected in REAL.values()]
    assert len(set(counts)) >= 5 and max(counts) < 29 and counts.count(0) == 2


def test_a_view_rests_on_what_it_reads(real, ask):
    behind = "SELECT DISTINCT reference_id FROM references_behind WHERE table_name = 'treatments' ORDER BY ALL"
    drugs = real.works("SELECT drug, reference_ids FROM drugs", "treatments", "entities", "evidence_links", "studies")
    assert drugs == [key for (key,) in ask(behind)]


def test_the_best_link_that_contributed_is_told(real):
    """Reference 2 stands behind several claims; the link of the one that was asked for counts, and no better one."""
    [credit] = real.credit("SELECT statement FROM claims WHERE claim_id = 'sfn-associated-with-fm'", "claims").works
    assert credit == Credit("ref-02", "curator_inference", "medium")
    found = real.credit(
        "SELECT statement FROM claims WHERE claim_id = 'inflammatory-markers-slightly-raised'", "claims"
    )
    assert found.works == (
        Credit("ref-08", "curator_inference", "low"),
        Credit("ref-12", "curator_inference", "medium"),
    )
    every = {credit.key: credit.confidence for credit in real.credit("FROM claims", "claims").works}
    assert every["ref-12"] == "high", "of all claims, the best of its links contributed"


def test_the_source_of_places_is_credited(real):
    assert real.credit("SELECT label FROM symptoms", "symptoms").sources == ARTICLE
    assert real.credit("SELECT count(*) FROM passages", "passages").sources == ARTICLE
    assert real.credit("SELECT title FROM sources", "sources").sources == ARTICLE
    assert real.credit("SELECT DISTINCT table_name FROM provenance", "provenance").sources == ARTICLE
    # What curators made has no place in a source, and a row that is filtered out was not taken from it.
    assert real.credit("SELECT name FROM entities", "entities").sources == ()
    assert real.credit("SELECT label FROM symptoms WHERE label = 'none of them'", "symptoms").sources == ()


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        # Clover rests on two links to one work; the daisy and the thistle on the flora, of which one has no height.
        ("FROM plants", ["flora", "clover", "bees"]),
        ("SELECT plant_id FROM plants WHERE height > 15", ["clover", "bees"]),
        ("SELECT count(height) FROM plants", ["flora", "clover", "bees"]),
        ("SELECT count(*) FROM plants WHERE colour = 'green'", []),
        # White are the clover and the daisy: either work is enough, both are behind it.
        ("SELECT DISTINCT colour FROM plants", ["flora", "clover", "bees"]),
        ("SELECT DISTINCT colour FROM plants WHERE colour = 'white'", ["flora", "clover"]),
        ("SELECT max(height) FROM plants", ["bees"]),
        ("SELECT plant_id FROM plants ORDER BY height DESC NULLS LAST LIMIT 1", ["bees"]),
        # A sighting names its plant, and rests on what is known of it; one rests on a work of its own too.
        ("SELECT sighting_id FROM sightings WHERE sighting_id = 's4'", ["flora", "walk"]),
        ("SELECT DISTINCT count FROM sightings WHERE count = 5", ["flora", "walk", "clover"]),
        ("SELECT colour, day FROM plants JOIN sightings USING (plant_id) WHERE colour = 'yellow'", ["bees"]),
        ("SELECT * FROM colours", ["flora", "walk", "clover", "bees"]),
        # The weather rests on nothing; a day on which something was seen does.
        ("FROM weather", []),
        ("SELECT rain FROM weather SEMI JOIN sightings USING (day) WHERE day = DATE '2024-05-02'", ["clover"]),
        ("SELECT rain FROM weather ANTI JOIN sightings USING (day)", ["flora", "walk", "clover"]),
        ("SELECT rain FROM weather LEFT JOIN sightings USING (day) WHERE rain > 3", []),
        # The works are told by a table that rests on none of them; what stands behind what, by one that does.
        ("SELECT title FROM works", []),
        ("FROM grounds WHERE link_basis = 'article_citation'", ["bees"]),
    ],
)
def test_works_behind_answers_of_the_meadow(meadow, sql, expected):
    assert meadow.works(sql) == expected


def test_basis_and_confidence_of_the_meadow(meadow):
    found = {credit.key: (credit.link_basis, credit.confidence) for credit in meadow.credit("FROM sightings").works}
    assert found == {
        "flora": ("curator_inference", "high"),
        "walk": ("curator_inference", "medium"),
        "clover": ("curator_inference", "high"),
        "bees": ("article_citation", None),
    }


def test_a_contract_without_works_credits_none(built_orchard, tmp_path):
    released = build(built_orchard, lambda _: None)
    with asking(released) as asked:
        assert asked.credit("FROM trees").works == asked.credit("FROM trees").sources == ()
        assert asked.runs == [0, 0]


def test_evidence_without_basis_or_confidence(tmp_path):
    """A contract may say no more than which work stands behind what."""
    root = shutil.copytree(BASES / "meadow", tmp_path / "meadow")
    contract = json.loads((root / "datapackage.json").read_text(encoding="utf-8"))
    [grounds] = [table for table in contract["resources"] if table["name"] == "grounds"]
    grounds["schema"]["fields"] = grounds["schema"]["fields"][:-2]
    (root / "datapackage.json").write_text(json.dumps(contract), encoding="utf-8")
    rows = (root / "raw/grounds.csv").read_text(encoding="utf-8").splitlines()
    text = "\n".join(",".join(row.split(",")[:-2]) for row in rows) + "\n"
    (root / "raw/grounds.csv").write_text(text, encoding="utf-8")
    with asking(build(root, lambda _: None)) as asked:
        assert asked.credit("FROM plants WHERE plant_id = 'clover'").works == (Credit("clover", None, None),)
