"""What the data model promises: names, closed lists, and which cells state facts."""

from __future__ import annotations

# The promise to people who write SQL: none of these names is ever renamed or dropped. More may come.
PROMISED = {
    "sources": "source_id title author publisher original_publisher published_date language rights capture_sha256 "
    "capture_bytes capture_lines",
    "sections": "section_id source_id parent_section_id position heading line_start line_end",
    "passages": "passage_id source_id section_id kind line_start line_end char_start char_end token_count span_sha256 "
    "prefix_sha256 suffix_sha256",
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
# Tables of which some fields state what the article says: those do say how they came about.
PARTLY = {
    "sources": "title author publisher original_publisher published_date",
    "sections": "heading",
    "source_issues": "kind description handling",
    "entity_names": "name name_type",
}
