-- The brain regions of each study: what their activity was like, and what inflammation in them went with.
-- The two come from different sentences that need not name the same side; so each keeps its own.
WITH went_with AS (
    SELECT
        correlations.region_id,
        correlations.study_id,
        string_agg(
            outcomes.name || ' (' || CAST(correlations.direction AS VARCHAR) || ', side '
            || replace(CAST(correlations.laterality AS VARCHAR), '_', ' ') || ')',
            '; ' ORDER BY outcomes.name, CAST(correlations.laterality AS VARCHAR)
        ) AS went_with
    FROM brain_region_correlations AS correlations
    JOIN entities AS outcomes ON outcomes.entity_id = correlations.outcome_id
    GROUP BY correlations.region_id, correlations.study_id
),
regions AS (
    SELECT region_id, study_id FROM brain_region_activity
    UNION
    SELECT region_id, study_id FROM brain_region_correlations
)
SELECT
    regions.region_id,
    entities.name AS region,
    activity.laterality,
    activity.activity,
    activity.functions,
    went_with.went_with,
    regions.study_id,
    studies.label AS study,
    passages.source_id,
    passages.line_start AS line
FROM regions
JOIN entities ON entities.entity_id = regions.region_id
LEFT JOIN brain_region_activity AS activity
    ON activity.region_id = regions.region_id AND activity.study_id IS NOT DISTINCT FROM regions.study_id
LEFT JOIN went_with
    ON went_with.region_id = regions.region_id AND went_with.study_id IS NOT DISTINCT FROM regions.study_id
LEFT JOIN studies ON studies.study_id = regions.study_id
LEFT JOIN passages ON passages.passage_id = activity.passage_id
