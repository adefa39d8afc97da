-- One row is one component of neuroinflammation that the article lists.
SELECT
    component._folder AS source_id,
    names.entity_id,
    component.label,
    component.system,
    component.role_paraphrase AS role,
    passage_key(component._folder, component.line, NULL) AS passage_id,
    CASE WHEN component.lead_line IS NOT NULL
        THEN passage_key(component._folder, component.lead_line, NULL) END AS lead_passage_id,
    component.line AS _at_line,
    component.lead_line AS _lead_line,
    component._file,
    component._line
FROM raw.neuroinflammation_components AS component
LEFT JOIN entity_names AS names
    ON names.name = without_parentheses(component.label) AND names.name_type = 'as_written'
