"""What the data model promises of the release: names, closed lists, words, and what there is of each thing."""

from __future__ import annotations

import json

import pytest

from conftest import ROOT

CONTRACTS = ("datapackage.json", "raw/datapackage.json")

# The promise to people who write SQL: none of these names is ever renamed or dropped. More may come.
PROMISED = {
    "sources": "source_id title author publisher original_publisher published_date language rights capture_sha256 "
    "capture_bytes capture_lines",
    "sections": "section_id source_id parent_section_id position heading line_start line_end",
    "passages": "passage_id source_id section_id kind line_start line_end",
    "source_lines": "source_id line_number status reason section_id",
    "source_issues": "issue_id source_id passage_id kind description handling",
    "provenance": "table_name row_key column_name passage_id derivation",
    "entities": "entity_id name kind description",
    "entity_names": "entity_id name name_type",
    "entity_mappings": "entity_id predicate_id object_id object_label object_source mapping_justification "
    "predicate_modifier comment",
    "bibliography": "reference_id source_id position work_type title container_title publisher year volume issue "
    "locator locator_type doi et_al passage_id",
    "bibliography_authors": "reference_id position family_name initials organization",
    "bibliography_notices": "reference_id notice_type container_title year volume issue locator",
    "studies": "study_id source_id label year design species population sample_size sample_size_status passage_id",
    "study_findings": "finding_id study_id entity_id outcome direction value unit passage_id",
    "autoantibody_rates": "antigen_id label rate_percent population sample_size sample_size_status source_issue_id "
    "passage_id",
    "neuroinflammation_components": "entity_id label system role passage_id",
    "brain_region_activity": "region_id label laterality activity functions study_id passage_id",
    "brain_region_correlations": "region_id laterality outcome_id direction study_id passage_id",
    "study_measures": "study_id outcome_id measure_id passage_id",
    "treatments": "treatment_id drug_id label indication_id drug_class_id stage study_id passage_id",
    "symptoms": "condition_id symptom_id label aspect passage_id",
    "claims": "claim_id subject_id predicate object_id object_text statement modality asserted_by study_id passage_id",
    "evidence_links": "link_id study_id claim_id treatment_id antigen_id reference_id link_basis confidence rationale",
}
TYPES = {("sources", "published_date"): "DATE", ("bibliography", "et_al"): "BOOLEAN"}
# Closed lists whose values the data model gives in full.
LISTS = {
    (
        "entities",
        "kind",
    ): "chemical lipid_class tissue organ antibody cell_type protein protein_class brain_region drug "
    "drug_class biologic condition symptom measure procedure process organism anatomy",
    ("entity_names", "name_type"): "as_written generic brand abbreviation synonym",
    ("passages", "kind"): "heading table_row footnote list_item list_lead sentence caption byline reference",
    ("source_lines", "status"): "extracted out_of_scope boilerplate lost_in_capture",
    ("provenance", "derivation"): "verbatim normalised split inferred curated",
    ("bibliography", "work_type"): "journal_article webpage magazine_article",
    ("bibliography", "locator_type"): "pages article_number",
    ("bibliography_notices", "notice_type"): "correction retraction",
    ("studies", "design"): "passive_transfer biomarker brain_imaging pilot_trial animal_experiment unspecified",
    ("studies", "species"): "human mouse animal not_stated",
    ("study_findings", "direction"): "increased decreased present lost improved",
    ("neuroinflammation_components", "system"): "nervous immune",
    ("brain_region_activity", "laterality"): "left right not_stated",
    ("brain_region_activity", "activity"): "elevated reduced",
    ("treatments", "stage"): "in_use may_be_useful experimental pilot_study animal_research in_development",
    ("claims", "modality"): "asserted hedged hypothesis open_question",
    ("claims", "asserted_by"): "article cited_study researchers",
    ("evidence_links", "link_basis"): "article_citation curator_inference",
    ("evidence_links", "confidence"): "high medium low",
}
# What the article states, each row of which points at the place that states it.
FACTS = [
    "bibliography", "bibliography_authors", "bibliography_notices", "studies", "study_findings",
    "autoantibody_rates", "neuroinflammation_components", "brain_region_activity", "brain_region_correlations",
    "study_measures", "treatments", "symptoms", "claims",
]  # fmt: skip
# What says nothing of its own in a row of facts: the place of the row, its article, and keys made up for the row.
POINTERS = ("passage_id", "lead_passage_id", "source_id")
SURROGATES = {
    "bibliography": ["reference_id"], "bibliography_authors": ["reference_id", "position"],
    "bibliography_notices": ["reference_id", "position"], "studies": ["study_id"], "study_findings": ["finding_id"],
    "treatments": ["treatment_id"], "claims": ["claim_id"],
}  # fmt: skip
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


@pytest.fixture(scope="module")
def contracts():
    return {path: json.loads((ROOT / path).read_text(encoding="utf-8")) for path in CONTRACTS}


def fields(contract):
    """(table, schema, field) of every field of a contract."""
    return [(r["name"], r["schema"], f) for r in contract["resources"] for f in r["schema"]["fields"]]


# Names and words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", PROMISED)
def test_every_promised_column_is_there(values, table):
    there = values("SELECT column_name FROM duckdb_columns() WHERE table_name = ?", table)
    assert set(PROMISED[table].split()) - set(there) == set()


@pytest.mark.parametrize(("table", "column"), TYPES, ids=[".".join(place) for place in TYPES])
def test_promised_types(values, table, column):
    found = values("SELECT data_type FROM duckdb_columns() WHERE table_name = ? AND column_name = ?", table, column)
    assert found == [TYPES[table, column]]


@pytest.mark.parametrize(("table", "field"), LISTS, ids=[".".join(place) for place in LISTS])
def test_closed_lists_hold_what_is_promised(contracts, table, field):
    found = next(f for t, _, f in fields(contracts["datapackage.json"]) if (t, f["name"]) == (table, field))
    assert set(LISTS[table, field].split()) - set(found["constraints"]["enum"]) == set()


@pytest.mark.parametrize("path", CONTRACTS)
def test_every_table_and_field_is_described(contracts, path):
    for resource in contracts[path]["resources"]:
        assert resource.get("title") and resource.get("description"), resource["name"]
    for table, schema, field in fields(contracts[path]):
        place = f"{table}.{field['name']}"
        assert field.get("title") and field.get("description"), f"{place} has no title or no description"
        needed = field.get("constraints", {}).get("required") or field["name"] in schema.get("primaryKey", ())
        assert ("blank" in field) != bool(needed), f"{place}: `blank` tells what a blank means, so where one may be"
        if "enum" in field.get("constraints", {}):
            assert "categories" in field, f"{place} is a closed list without categories"


def test_predicates_are_defined(contracts):
    predicate = next(
        f for t, _, f in fields(contracts["datapackage.json"]) if (t, f["name"]) == ("claims", "predicate")
    )
    assert all(category["label"].strip() for category in predicate["categories"])


def test_derivation_stands_on_every_cell_that_states_a_fact(contracts):
    """In a table of facts, on each field but surrogate keys and pointers, and nowhere else; a status is inferred."""
    for table, _, field in fields(contracts["datapackage.json"]):
        name = field["name"]
        wanted = table in FACTS and name not in POINTERS and name not in SURROGATES.get(table, ())
        assert ("derivation" in field) == wanted, f"{table}.{name}"
        if wanted and name.endswith("_status"):
            assert field["derivation"] == "inferred", f"{table}.{name}"


# What there is --------------------------------------------------------------------------------------------------------


def test_rates(ask):
    rates = ask("SELECT label, rate_percent FROM autoantibody_rates")
    assert rates == [
        ("Serotonin", 73), ("Gangliosides", 71), ("Phospholipids", 54), ("Smooth muscle", 55), ("Striated muscle", 40),
        ("Sjögren’s syndrome antibodies", 32), ("Thyroid gland", 19),
    ]  # fmt: skip
    assert ask("SELECT DISTINCT sample_size, sample_size_status FROM autoantibody_rates") == [(None, "not_reported")]


def test_components(ask):
    found = ask("SELECT system, count(*) FROM neuroinflammation_components GROUP BY system ORDER BY system DESC")
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
        f"SELECT phenotype_id, {verified.format('phenotype_id')} FROM study_findings WHERE phenotype_id <> ''"
    )
    assert sorted(phenotypes) == [
        ("cold-hypersensitivity", True), ("grip-strength-loss", True), ("hypoactivity", True),
        ("pain-hypersensitivity", True), ("skin-nerve-fiber-loss", True),
    ]  # fmt: skip
    antibodies = ask(f"SELECT antigen_id, antibody_id, {verified.format('antibody_id')} FROM autoantibody_rates")
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
