-- Each row that states a fact, with each cited work that seems to stand behind it.
-- A row that names a study takes over the links of that study, unless it has its own to the same work.
-- What was parsed from a reference, and what a section or a name is called, needs no reference behind it.
WITH facts AS (
    SELECT 'studies' AS table_name, study_id AS row_key, study_id, NULL AS claim_id, NULL AS treatment_id,
        NULL AS antigen_id
    FROM studies
    UNION ALL SELECT 'study_findings', finding_id, study_id, NULL, NULL, NULL FROM study_findings
    UNION ALL SELECT 'autoantibody_rates', antigen_id, NULL, NULL, NULL, antigen_id FROM autoantibody_rates
    UNION ALL
    SELECT 'brain_region_activity', concat_ws(' ', region_id, laterality, study_id), study_id, NULL, NULL, NULL
    FROM brain_region_activity
    UNION ALL
    SELECT 'brain_region_correlations', concat_ws(' ', region_id, laterality, outcome_id, study_id), study_id,
        NULL, NULL, NULL
    FROM brain_region_correlations
    UNION ALL
    SELECT 'study_measures', concat_ws(' ', study_id, outcome_id, measure_id), study_id, NULL, NULL, NULL
    FROM study_measures
    UNION ALL SELECT 'treatments', treatment_id, study_id, NULL, treatment_id, NULL FROM treatments
    UNION ALL SELECT 'claims', claim_id, study_id, claim_id, NULL, NULL FROM claims
),
links AS (
    SELECT facts.table_name, facts.row_key, links.*,
        CASE WHEN facts.table_name <> 'studies' AND links.study_id IS NOT NULL THEN 'study' ELSE 'row' END
            AS link_subject
    FROM facts
    JOIN evidence_links AS links
        ON links.study_id = facts.study_id
        OR links.claim_id = facts.claim_id
        OR links.treatment_id = facts.treatment_id
        OR links.antigen_id = facts.antigen_id
    QUALIFY row_number() OVER (
        PARTITION BY facts.table_name, facts.row_key, links.reference_id ORDER BY link_subject, links.link_id
    ) = 1
)
SELECT
    links.table_name,
    links.row_key,
    links.reference_id,
    works.title AS reference_title,
    works.year,
    'https://doi.org/' || works.doi AS doi_url,
    CAST(links.link_basis AS VARCHAR) AS link_basis,
    CAST(links.confidence AS VARCHAR) AS confidence,
    links.link_subject,
    links.rationale
FROM links
JOIN bibliography AS works ON works.reference_id = links.reference_id
