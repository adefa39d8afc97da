-- Each row that states a fact, with each cited work that seems to stand behind it.
-- A row that names a study takes over the links of that study, unless it has its own to the same work.
-- What was parsed from a reference, and what a section or a name is called, needs no reference behind it.
-- A link names a rate by its antigen: meant is that of the article that lists the work.
WITH facts AS (
    SELECT 'studies' AS table_name, study_id AS row_key, study_id FROM studies
    UNION ALL BY NAME
    SELECT 'study_findings' AS table_name, finding_id AS row_key, study_id FROM study_findings
    UNION ALL BY NAME
    SELECT 'autoantibody_rates' AS table_name, concat_ws(' ', source_id, antigen_id) AS row_key, source_id, antigen_id
    FROM autoantibody_rates
    UNION ALL BY NAME
    SELECT 'brain_region_activity' AS table_name, concat_ws(' ', region_id, laterality, study_id) AS row_key, study_id
    FROM brain_region_activity
    UNION ALL BY NAME
    SELECT 'brain_region_correlations' AS table_name,
        concat_ws(' ', region_id, laterality, outcome_id, study_id) AS row_key, study_id
    FROM brain_region_correlations
    UNION ALL BY NAME
    SELECT 'study_measures' AS table_name, concat_ws(' ', study_id, outcome_id, measure_id) AS row_key, study_id
    FROM study_measures
    UNION ALL BY NAME
    SELECT 'treatments' AS table_name, treatment_id AS row_key, study_id, treatment_id FROM treatments
    UNION ALL BY NAME
    SELECT 'claims' AS table_name, claim_id AS row_key, study_id, claim_id FROM claims
),
cited AS (
    SELECT links.*, works.source_id
    FROM evidence_links AS links
    JOIN bibliography AS works ON works.reference_id = links.reference_id
),
links AS (
    SELECT facts.table_name, facts.row_key, links.*,
        CASE WHEN facts.table_name <> 'studies' AND links.study_id IS NOT NULL THEN 'study' ELSE 'row' END
            AS link_subject
    FROM facts
    JOIN cited AS links
        ON links.study_id = facts.study_id
        OR links.claim_id = facts.claim_id
        OR links.treatment_id = facts.treatment_id
        OR (links.antigen_id = facts.antigen_id AND links.source_id = facts.source_id)
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
