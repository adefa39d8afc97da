-- One row is one symptom of a condition, in one aspect.
SELECT
    symptom._folder AS source_id,
    symptom.condition_id,
    coalesce(symptom.symptom_id, names.entity_id) AS symptom_id,
    symptom.label,
    symptom.aspect,
    symptom.qualifier_paraphrase AS qualifier,
    passage_key(symptom._folder, symptom.line, symptom.sentence) AS passage_id,
    CASE WHEN symptom.lead_line IS NOT NULL
        THEN passage_key(symptom._folder, symptom.lead_line, symptom.lead_sentence) END AS lead_passage_id,
    CASE WHEN symptom.symptom_id IS NULL THEN symptom.label END AS _symptom_label,
    symptom.line AS _at_line,
    symptom.lead_line AS _lead_line,
    symptom._file,
    symptom._line
FROM raw.symptoms AS symptom
LEFT JOIN entity_names AS names
    ON symptom.symptom_id IS NULL AND names.name = symptom.label AND names.name_type = 'as_written'
