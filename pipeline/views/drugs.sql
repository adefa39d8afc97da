-- The treatments with their names in full: generic, brands, abbreviation, class, condition, study and references.
WITH names AS (
    SELECT
        entity_id,
        string_agg(name, ', ' ORDER BY name) FILTER (WHERE name_type = 'generic') AS generic_name,
        string_agg(name, ', ' ORDER BY name) FILTER (WHERE name_type = 'brand') AS brand_names,
        string_agg(name, ', ' ORDER BY name) FILTER (WHERE name_type = 'abbreviation') AS abbreviations
    FROM entity_names
    GROUP BY entity_id
)
SELECT
    treatments.treatment_id,
    treatments.drug_id,
    drug.name AS drug,
    drug.kind AS drug_kind,
    names.generic_name,
    names.brand_names,
    names.abbreviations,
    class.name AS drug_class,
    indication.name AS indication,
    treatments.stage,
    treatments.study_id,
    studies.label AS study,
    (
        SELECT string_agg(DISTINCT links.reference_id, ', ' ORDER BY links.reference_id)
        FROM evidence_links AS links
        WHERE links.treatment_id = treatments.treatment_id OR links.study_id = treatments.study_id
    ) AS reference_ids,
    passages.source_id,
    passages.line_start AS line
FROM treatments
JOIN entities AS drug ON drug.entity_id = treatments.drug_id
JOIN passages ON passages.passage_id = treatments.passage_id
LEFT JOIN names ON names.entity_id = treatments.drug_id
LEFT JOIN entities AS class ON class.entity_id = treatments.drug_class_id
LEFT JOIN entities AS indication ON indication.entity_id = treatments.indication_id
LEFT JOIN studies ON studies.study_id = treatments.study_id
