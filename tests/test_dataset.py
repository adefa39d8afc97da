"""What there is of each thing the article states, counted and compared with the article's own lists."""

from __future__ import annotations

import pytest

from promises import FACTS, LISTS

SOURCE = "holistic-pulse-2024"
# The known oddities of the source: kind of the issue, and the first line of each place it has to name.
ODDITIES = [
    ("orphan_footnote", [19]),
    ("missing_denominator", [11]),
    ("lost_list", [122, 139]),
    ("missing_citation_marks", [None]),
    ("term_misuse", [65, 30, 93, 59]),
    ("differs_from_reference", [30]),
    ("inconsistency", [89]),
    ("partial_capture", [10]),
    ("republished_copy", [1, 3]),
    ("correction_notice", [186, 222]),
    ("stray_text", [184]),
    ("missing_doi", [174, 202, 216, 218, 220]),
    ("lost_illustration", [50]),
]


def test_rates(ask):
    rates = ask("SELECT label, rate_percent FROM autoantibody_rates WHERE source_id = ?", SOURCE)
    assert rates == [
        ("Serotonin", 73), ("Gangliosides", 71), ("Phospholipids", 54), ("Smooth muscle", 55), ("Striated muscle", 40),
        ("Sjögren’s syndrome antibodies", 32), ("Thyroid gland", 19),
    ]  # fmt: skip
    sizes = ask("SELECT DISTINCT sample_size, sample_size_status FROM autoantibody_rates WHERE source_id = ?", SOURCE)
    assert sizes == [(None, "not_reported")]


def test_components(ask):
    found = ask("SELECT system, count(*) FROM neuroinflammation_components WHERE source_id = ? GROUP BY ALL", SOURCE)
    assert sorted(found) == [("immune", 7), ("nervous", 4)]


def test_brain_regions(ask, values):
    activity = ask(
        "SELECT region_id, CAST(laterality AS VARCHAR), CAST(activity AS VARCHAR) FROM brain_region_activity"
    )
    assert activity == [
        ("primary-somatosensory-cortex", "not_stated", "elevated"), ("primary-motor-cortex", "not_stated", "elevated"),
        ("superior-frontal-gyrus", "not_stated", "elevated"), ("superior-parietal-gyrus", "left", "elevated"),
        ("precuneus", "left", "elevated"), ("medial-frontal-gyrus", "left", "elevated"),
        ("medulla-oblongata", "not_stated", "reduced"), ("amygdala", "not_stated", "reduced"),
        ("superior-temporal-gyrus", "left", "reduced"),
    ]  # fmt: skip
    correlations = ask("SELECT outcome_id, region_id, CAST(laterality AS VARCHAR) FROM brain_region_correlations")
    assert sorted(correlations) == [
        ("pain-score", "amygdala", "not_stated"), ("pain-score", "medial-frontal-gyrus", "left"),
        ("pain-score", "superior-parietal-gyrus", "left"), ("stress-response", "amygdala", "left"),
        ("stress-response", "medial-frontal-gyrus", "left"), ("stress-response", "superior-frontal-gyrus", "left"),
    ]  # fmt: skip
    assert set(values("SELECT direction FROM brain_region_correlations")) == {"positive"}


def test_measures_of_the_stress_response(values):
    found = values("SELECT measure_id FROM study_measures WHERE outcome_id = 'stress-response'")
    assert found == ["fatigue", "tension", "frustration", "depression", "somatization", "aggression"]


def test_studies_and_their_findings(ask, values):
    mice = values(
        "SELECT entity_id FROM study_findings WHERE study_id = 'passive-transfer-2021' AND passage_id LIKE '%l02_'"
    )
    assert sorted(mice) == [
        "cold-hypersensitivity", "pain-hypersensitivity", "paw-grip-strength", "physical-activity", "skin-nerve-fiber",
    ]  # fmt: skip
    assert ask("SELECT study_id, direction, unit FROM study_findings WHERE value = 19") == [
        ("biomarker-2022", "increased", "protein")
    ]
    assert values("SELECT direction FROM study_findings WHERE finding_id = 'ivig-pilot-small-fiber-neuropathy'") == [
        "improved"
    ]


def test_drugs_for_neuroinflammation(ask):
    found = ask(
        "SELECT t.label, CAST(t.stage AS VARCHAR) FROM treatments t JOIN passages p USING (passage_id) "
        "WHERE t.indication_id = 'neuroinflammation' AND p.line_start BETWEEN 109 AND 120 ORDER BY p.line_start"
    )
    useful, experimental = "may_be_useful", "experimental"
    assert found == [
        ("Low-dose naltrexone (LDN)", useful), ("Diamox (acetazolamide)", useful),
        ("Trental/Pentoxil (pentoxifylline)", useful), ("Zirgan (ganciclovir)", useful), ("Rifadin (rifampin)", useful),
        ("Enbrel (etanercept)", useful), ("Precedex (dexmedetomidine)", useful),
        ("Delsym/Robitussin (dextromethorphan)", useful), ("Propentofylline (an experimental drug)", experimental),
        ("Dynacin/Minocin/Solodyn (minocycline)", useful), ("Cannabidiol (CBD)", useful),
        ("P2X7R inhibitors (experimental drugs)", experimental),
    ]  # fmt: skip


@pytest.mark.parametrize("indication", ["small-fiber-neuropathy", "fibromyalgia"])
def test_standard_drugs_for_small_fiber_neuropathy(ask, indication):
    seizures, depression = "anti-seizure-medication", "tricyclic-antidepressant"
    reuptake = "serotonin-norepinephrine-reuptake-inhibitor"
    found = ask(
        "SELECT drug_id, drug_class_id FROM treatments WHERE indication_id = ? AND drug_class_id IS NOT NULL",
        indication,
    )
    assert dict(found) == {
        "pregabalin": seizures, "gabapentin": seizures, "duloxetine": reuptake, "venlafaxine": reuptake,
        "amitriptyline": depression, "nortriptyline": depression, "desipramine": depression,
    }  # fmt: skip


def test_names_are_told_apart(ask):
    names = ask("SELECT CAST(name_type AS VARCHAR), name FROM entity_names WHERE entity_id = 'pentoxifylline'")
    assert {n for n in names if n[0] != "synonym"} == {
        ("generic", "pentoxifylline"), ("brand", "Trental"), ("brand", "Pentoxil")
    }  # fmt: skip
    short = ask("SELECT entity_id, name FROM entity_names WHERE name_type = 'abbreviation' AND name IN ('LDN', 'CBD')")
    assert sorted(short) == [("cannabidiol", "CBD"), ("low-dose-naltrexone", "LDN")]
    assert ask("SELECT name FROM entity_names WHERE name LIKE '%experimental%'") == []


def test_identifiers_are_reached_from_the_facts(ask):
    """What a curator added to a finding or a rate is an entity that has verified identifiers."""
    verified = "EXISTS (SELECT 1 FROM entity_mappings m WHERE m.entity_id = {})"
    phenotypes = ask(
        f"SELECT phenotype_id, {verified.format('phenotype_id')} FROM study_findings JOIN studies USING (study_id) "
        "WHERE phenotype_id <> '' AND source_id = ?",
        SOURCE,
    )
    assert sorted(phenotypes) == [
        ("cold-hypersensitivity", True), ("grip-strength-loss", True), ("hypoactivity", True),
        ("pain-hypersensitivity", True), ("skin-nerve-fiber-loss", True),
    ]  # fmt: skip
    antibodies = ask(
        f"SELECT antigen_id, antibody_id, {verified.format('antibody_id')} FROM autoantibody_rates WHERE source_id = ?",
        SOURCE,
    )
    assert [row[:2] for row in antibodies if row[1]] == [
        ("ganglioside", "anti-ganglioside-antibody"), ("phospholipid", "antiphospholipid-antibody"),
        ("smooth-muscle", "anti-smooth-muscle-antibody"), ("sjogrens-syndrome-antibody", "sjogrens-syndrome-antibody"),
        ("thyroid-gland", "anti-thyroid-antibody"),
    ]  # fmt: skip
    assert all(row[2] for row in antibodies if row[1])


def test_views_name_the_study_by_its_key(ask):
    """Two studies share a label, so a label alone does not tell which is meant."""
    for view in ("claims_with_evidence", "drugs"):
        assert ask(f"SELECT count(*) > 0 FROM {view} WHERE study IS NOT NULL") == [(True,)], view
        joined = f"FROM {view} v LEFT JOIN studies s ON s.study_id = v.study_id"
        assert ask(f"SELECT count(*) {joined} WHERE v.study IS DISTINCT FROM s.label") == [(0,)], view


def test_claims(ask):
    assert ask("SELECT count(*) >= 25 FROM claims") == [(True,)]
    assert ask("SELECT claim_id FROM claims WHERE object_id IS NULL AND object_text IS NULL") == []


def test_entities_are_of_a_promised_kind(values):
    assert set(values("SELECT DISTINCT kind FROM entities")) <= set(LISTS["entities", "kind"].split())


def test_every_fact_has_a_place(ask):
    for table in FACTS:
        assert ask(f"SELECT count(*) > 0, count(*) = count(passage_id) FROM {table}") == [(True, True)], table
    assert ask("SELECT DISTINCT link_basis, count(*) = count(rationale) FROM evidence_links GROUP BY ALL") == [
        ("curator_inference", True)
    ]


def test_known_oddities_are_issues(ask):
    found = set(
        ask("SELECT CAST(i.kind AS VARCHAR), p.line_start FROM source_issues i LEFT JOIN passages p USING (passage_id)")
    )
    assert {(kind, line) for kind, lines in ODDITIES for line in lines} - found == set()
    sides = ask(
        "SELECT count(*) FROM source_issues WHERE kind = 'inconsistency' "
        "AND (description LIKE '%superior frontal gyrus%' OR description LIKE '%amygdala%')"
    )
    assert sides[0][0] >= 3
