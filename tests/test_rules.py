"""Every rule of pipeline/rules passes on the real rows, and is broken by real rows with something changed.

A change is SQL on `broken`, a copy of the published table with its working columns. What the copy then has against it
must name the rule, at the file and line of a row that was changed; other rules may be broken as well.
"""

from __future__ import annotations

import pytest

from conftest import ROOT
from fmdata.checks import check_rows, load_rules
from fmdata.contract import load
from fmdata.failing import listed
from fmdata.sql import name

PACKAGE = load(ROOT)
RULES = {(table, check.name): check for table, checks in load_rules(PACKAGE).items() for check in checks}
# Changes that several tables share.
A_SIDE_IN_THE_NAME = "UPDATE broken SET _region_label = 'left ' || _region_label WHERE laterality = 'left'"
A_LEAD_ON_THE_LINE = "UPDATE broken SET _lead_line = _at_line WHERE _lead_line IS NOT NULL"
A_GAP = "UPDATE broken SET position = position + 1 WHERE position = (SELECT max(position) FROM broken)"
ANOTHER_STUDY = "UPDATE broken SET _study_source_id = 'another-source' WHERE study_id IS NOT NULL"

# table -> rule -> the change that breaks it
CHANGES = {
    "autoantibody_rates": {
        "population_status_is_true": "UPDATE broken SET population_status = 'reported' WHERE population IS NULL",
        "sample_size_status_is_true": "UPDATE broken SET sample_size = 12 WHERE sample_size_status = 'not_reported'",
        "antibody_is_an_antibody": "UPDATE broken SET antibody_id = antigen_id, _antibody_kind = 'lipid_class' "
        "WHERE antigen_id = 'ganglioside'",
        "missing_denominator_is_explained": "UPDATE broken SET source_issue_id = NULL, _issue_kind = NULL",
        "issue_is_of_this_article": "UPDATE broken SET _issue_source_id = 'another-source'",
    },
    "bibliography": {
        "citation_renders_back": "UPDATE broken SET _rendered = replace(_rendered, ':', ': ') WHERE doi IS NOT NULL",
        "webpage_has_publisher_only": "UPDATE broken SET doi = '10.1000/1' WHERE work_type = 'webpage'",
        "article_has_container": "UPDATE broken SET container_title = NULL WHERE work_type = 'magazine_article'",
        "journal_article_has_year_and_locator": "UPDATE broken SET year = NULL WHERE work_type = 'journal_article'",
        "container_title_is_no_date": "UPDATE broken SET container_title = 'Published 2022 May 26' WHERE year = 2022",
        "locator_fits_type": "UPDATE broken SET locator = '404-401' WHERE locator = '401-404'",
        "title_holds_no_notice": "UPDATE broken SET title = title || ' [retracted in: J. 2020;1:2]' WHERE position = 1",
        "et_al_follows_persons": "UPDATE broken SET et_al = true WHERE work_type = 'webpage'",
        "positions_have_no_gap": A_GAP,
        "lines_follow_positions": "UPDATE broken SET _source_line = 1 WHERE position > 1",
    },
    "bibliography_authors": {
        "author_is_person_or_organization": "UPDATE broken SET initials = NULL WHERE family_name IS NOT NULL",
        "family_name_is_of_one_person": "UPDATE broken SET family_name = family_name || ' AB ' || family_name",
        "organization_is_no_person": "UPDATE broken SET organization = 'Inanici F' WHERE organization IS NOT NULL",
        "author_positions_have_no_gap": A_GAP,
    },
    "bibliography_notices": {
        "notice_positions_have_no_gap": A_GAP,
        "notice_locator_is_found": "UPDATE broken SET locator = locator || '-1'",
    },
    "brain_region_activity": {
        "side_is_cut_off": A_SIDE_IN_THE_NAME,
        "lead_stands_before": A_LEAD_ON_THE_LINE,
        "study_is_of_this_article": ANOTHER_STUDY,
    },
    "brain_region_correlations": {
        "side_is_cut_off": A_SIDE_IN_THE_NAME,
        "outcome_is_not_the_region": "UPDATE broken SET outcome_id = region_id",
        "study_is_of_this_article": ANOTHER_STUDY,
    },
    "claims": {
        "has_an_object": "UPDATE broken SET object_id = NULL, object_text = NULL",
        "object_is_not_subject": "UPDATE broken SET object_id = subject_id WHERE object_id IS NOT NULL",
        "cited_study_is_named": "UPDATE broken SET study_id = NULL WHERE asserted_by = 'cited_study'",
        "statement_is_one_sentence": "UPDATE broken SET statement = statement || ' And so on.'",
        "claim_stands_where_something_is_said": "UPDATE broken SET _passage_kind = 'reference'",
        "claim_stands_once": "INSERT INTO broken SELECT * REPLACE ('again' AS claim_id) FROM broken LIMIT 1",
        "study_is_of_this_article": ANOTHER_STUDY,
    },
    "entities": {
        "name_is_given_once": "UPDATE broken SET name = 'SEROTONIN' WHERE entity_id = 'ganglioside'",
        "description_is_one_sentence": "UPDATE broken SET description = description || ' It is well known.'",
    },
    "entity_mappings": {
        "object_source_is_the_prefix": "UPDATE broken SET object_source = 'MESH' WHERE object_source = 'CHEBI'",
        "identifier_fits_its_vocabulary": "UPDATE broken SET _identifier_fits = false WHERE object_source = 'CL'",
        "refused_is_not_stated": (
            "INSERT INTO broken SELECT * REPLACE (NULL AS predicate_modifier) FROM broken "
            "WHERE predicate_modifier = 'Not'"
        ),
        "subject_label_names_one_entity": (
            "INSERT INTO broken SELECT * REPLACE ('amygdala' AS entity_id) FROM broken WHERE entity_id = 'serotonin'"
        ),
        "object_has_one_label": (
            "INSERT INTO broken SELECT * REPLACE (upper(object_label) AS object_label) FROM broken "
            "WHERE object_source = 'CL'"
        ),
        "exact_match_is_of_that_kind": "UPDATE broken SET object_source = 'CHEBI' WHERE _kind = 'brain_region'",
    },
    "entity_names": {
        "resolving_name_means_one_thing": (
            "INSERT INTO broken SELECT * REPLACE ('amygdala' AS entity_id) FROM broken "
            "WHERE name_type = 'as_written' AND entity_id = 'serotonin'"
        ),
        "synonym_alone_has_no_place": "UPDATE broken SET passage_id = NULL WHERE name_type = 'brand'",
    },
    "evidence_links": {
        "has_exactly_one_subject": "UPDATE broken SET _subject_count = 2 WHERE study_id IS NOT NULL",
        "key_names_subject_and_reference": "UPDATE broken SET link_id = link_id || '-again'",
        "inference_has_a_reason": "UPDATE broken SET rationale = 'Same year.' WHERE link_basis = 'curator_inference'",
        "reference_is_of_this_article": "UPDATE broken SET _reference_source_id = 'another-source'",
        "antigen_has_a_rate": "UPDATE broken SET _has_rate = false WHERE antigen_id IS NOT NULL",
    },
    "neuroinflammation_components": {
        "lead_stands_before": A_LEAD_ON_THE_LINE,
        "label_is_a_term": "UPDATE broken SET label = label || ': what it does'",
        "one_lead_one_system": "UPDATE broken SET system = 'immune' WHERE entity_id = 'microglia'",
    },
    "passages": {
        "sentence_is_of_kind_sentence": "UPDATE broken SET kind = 'list_lead' WHERE sentence_number = 1",
        "only_paragraphs_have_sentences": "UPDATE broken SET _line_kind = 'heading' WHERE sentence_number = 1",
        "lines_in_order": "UPDATE broken SET line_end = line_start - 1",
        "words_are_not_none": "UPDATE broken SET char_end = char_start WHERE sentence_number = 1",
        "sentences_do_not_overlap": "UPDATE broken SET char_start = char_start - 3 WHERE sentence_number = 2",
        "key_names_the_place": "UPDATE broken SET line_start = line_start + 1, line_end = line_end + 1",
    },
    "sections": {
        "lines_in_order": "UPDATE broken SET line_end = line_start - 1 WHERE position = 1",
        "ends_inside_the_capture": "UPDATE broken SET line_end = _capture_lines + 1 WHERE line_end = _capture_lines",
        "parent_encloses_section": "UPDATE broken SET parent_section_id = NULL WHERE parent_section_id IS NOT NULL",
        "sections_do_not_cross": "UPDATE broken SET _crossing_sections = 1 WHERE position = 1",
        "range_is_its_own": "INSERT INTO broken SELECT * REPLACE ('again' AS section_id) FROM broken LIMIT 1",
    },
    "source_issues": {
        "issue_points_at_its_kind_of_line": "UPDATE broken SET _passage_kind = 'heading' WHERE kind = 'lost_list'",
        "issue_stands_once": "INSERT INTO broken SELECT * REPLACE ('again' AS issue_id) FROM broken LIMIT 1",
        "handling_is_not_the_description": "UPDATE broken SET handling = description",
    },
    "source_lines": {
        "extracted_lines_state_a_fact": "UPDATE broken SET status = 'extracted' WHERE NOT _states_a_fact",
        "facts_stand_on_extracted_lines": "UPDATE broken SET status = 'out_of_scope' WHERE _states_a_fact",
        "reason_unless_extracted": "UPDATE broken SET reason = NULL WHERE status <> 'extracted'",
        "boilerplate_kind_is_not_extracted": "UPDATE broken SET status = 'out_of_scope' WHERE kind = 'boilerplate'",
        "line_stands_in_the_capture": "UPDATE broken SET line_number = line_number + _capture_lines",
    },
    "sources": {
        "source_id_is_its_folder": "UPDATE broken SET _source_id_as_entered = 'another-source'",
        "original_published_date_status_is_true": "UPDATE broken SET original_published_date_status = 'reported'",
        "url_status_is_true": "UPDATE broken SET url = 'https://example.org/'",
        "original_date_is_not_later": "UPDATE broken SET original_published_date = published_date + 1",
        "metadata_lines_stand_in_the_capture": "UPDATE broken SET author_line = capture_lines + 1",
    },
    "studies": {
        "year_status_is_true": "UPDATE broken SET year_status = 'not_reported' WHERE year IS NOT NULL",
        "population_status_is_true": "UPDATE broken SET population = NULL WHERE population_status = 'reported'",
        "sample_size_status_is_true": "UPDATE broken SET sample_size_status = 'reported' WHERE sample_size IS NULL",
        "key_keeps_to_the_year": "UPDATE broken SET year = year - 1 WHERE year IS NOT NULL",
        "animal_experiment_is_not_on_people": "UPDATE broken SET species = 'human' WHERE design = 'animal_experiment'",
    },
    "study_findings": {
        "value_status_is_true": "UPDATE broken SET value = NULL, unit = NULL WHERE value IS NOT NULL",
        "value_has_a_unit": "UPDATE broken SET unit = NULL WHERE value IS NOT NULL",
        "lead_stands_before": A_LEAD_ON_THE_LINE,
        "finding_stands_once": "INSERT INTO broken SELECT * REPLACE ('again' AS finding_id) FROM broken LIMIT 1",
        "study_is_of_this_article": ANOTHER_STUDY,
    },
    "study_measures": {
        "measure_is_not_the_outcome": "UPDATE broken SET measure_id = outcome_id",
        "study_is_of_this_article": ANOTHER_STUDY,
    },
    "symptoms": {
        "lead_stands_before": A_LEAD_ON_THE_LINE,
        "symptom_is_not_the_condition": "UPDATE broken SET symptom_id = condition_id",
    },
    "treatments": {
        "experimental_has_no_brand": "UPDATE broken SET stage = 'experimental' WHERE _has_brands",
        "study_stage_names_its_study": "UPDATE broken SET study_id = NULL WHERE stage = 'pilot_study'",
        "indication_status_is_true": "UPDATE broken SET indication_id = NULL WHERE indication_status = 'reported'",
        "class_was_found": "UPDATE broken SET drug_class_id = NULL WHERE _class_label IS NOT NULL",
        "study_is_of_this_article": ANOTHER_STUDY,
    },
}
CHANGED = {(table, rule): change for table, rules in CHANGES.items() for rule, change in rules.items()}


@pytest.fixture(scope="module")
def tally(tell):
    caught = []
    yield caught
    tell(f"{len(caught)} of {len(RULES)} rules broken and caught ({100 * len(caught) / len(RULES):.4g} %)")


def broken_rules(con, table):
    """What the real rows of a table, changed in the copy `broken`, have against them: (rule, file, line)."""
    checks = [check for (owner, _), check in RULES.items() if owner == table]
    failures = listed(check_rows(con, "raw.broken", PACKAGE.resource(table), checks))
    return [(f.rule, f.file, f.line) for f in failures if not f.field]


@pytest.mark.parametrize(("table", "rule"), RULES, ids=[f"{table}.{rule}" for table, rule in RULES])
def test_a_changed_row_breaks_the_rule(assembled, tally, table, rule):
    assert (table, rule) in CHANGED, f"no row breaks rule {rule}"
    con, real = assembled, f"main.{name(table)}"
    # In the schema raw, beside what is not touched, so that the SQL of a change may read the real tables by name.
    con.execute(f"CREATE OR REPLACE TABLE raw.broken AS SELECT * FROM {real} ORDER BY rowid; SET schema = 'raw'")
    try:
        con.execute(CHANGED[table, rule])
        changed = con.execute(f"SELECT DISTINCT _file, _line FROM (FROM broken EXCEPT ALL FROM {real})").fetchall()
        assert changed, "the change changes nothing"
        found = [(file, line) for failed, file, line in broken_rules(con, table) if failed == rule]
        assert set(found) & set(changed), f"the rule {rule} lets it pass"
        tally.append(rule)
    finally:
        con.execute("RESET schema; DROP TABLE raw.broken")


@pytest.mark.parametrize("table", CHANGES)
def test_all_rules_pass_on_the_real_rows(assembled, table):
    checks = [check for (owner, _), check in RULES.items() if owner == table]
    assert listed(check_rows(assembled, f"main.{name(table)}", PACKAGE.resource(table), checks)) == []


def test_every_change_is_of_a_rule():
    assert not CHANGED.keys() - RULES.keys(), "there is no such rule any more"
