-- One row is one result of a study, as the article reports it.
SELECT
    finding_id,
    study_id,
    entity_id,
    phenotype_entity_id AS phenotype_id,
    label,
    outcome_paraphrase AS outcome,
    direction,
    value,
    unit,
    value_status,
    modality,
    asserted_by,
    passage_key(_folder, line, sentence) AS passage_id,
    CASE WHEN lead_line IS NOT NULL THEN passage_key(_folder, lead_line, lead_sentence) END AS lead_passage_id,
    line AS _at_line,
    lead_line AS _lead_line,
    _folder AS _source_id,
    (SELECT min(source_id) FROM studies WHERE studies.study_id = finding.study_id) AS _study_source_id,
    _file,
    _line
FROM raw.study_findings AS finding
