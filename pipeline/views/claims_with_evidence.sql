-- Each claim with each cited work that seems to stand behind it; a claim without one has a single row.
-- A claim that rests on a study takes over the links of that study, unless it has its own to the same work.
WITH links AS (
    SELECT claim_id, 'claim' AS link_subject, link_id, reference_id, link_basis, confidence, rationale
    FROM evidence_links
    WHERE claim_id IS NOT NULL
    UNION ALL
    SELECT claims.claim_id, 'study', of_study.link_id, of_study.reference_id, of_study.link_basis,
        of_study.confidence, of_study.rationale
    FROM claims
    JOIN evidence_links AS of_study ON of_study.study_id = claims.study_id
    WHERE NOT EXISTS (
        SELECT 1
        FROM evidence_links AS own
        WHERE own.claim_id = claims.claim_id AND own.reference_id = of_study.reference_id
    )
),
first_authors AS (
    SELECT
        reference_id,
        arg_min(coalesce(family_name, organization), position) AS first_author,
        arg_max(coalesce(family_name, organization), position) AS last_author,
        count(*) AS authors
    FROM bibliography_authors
    GROUP BY reference_id
),
citations AS (
    SELECT
        works.reference_id,
        first_author
        || CASE
            WHEN works.et_al OR authors > 2 THEN ' et al.'
            WHEN authors = 2 THEN ' and ' || last_author
            ELSE ''
        END
        || coalesce(' ' || CAST(works.year AS VARCHAR), '') AS citation,
        works.title,
        'https://doi.org/' || works.doi AS doi_url
    FROM bibliography AS works
    JOIN first_authors ON first_authors.reference_id = works.reference_id
)
SELECT
    claims.claim_id,
    subject.name AS subject,
    claims.predicate,
    object.name AS object,
    claims.object_text,
    claims.statement,
    claims.modality,
    claims.asserted_by,
    claims.study_id,
    studies.label AS study,
    links.link_subject,
    links.reference_id,
    citations.citation,
    citations.title AS reference_title,
    citations.doi_url,
    links.confidence,
    links.link_basis,
    links.rationale,
    passages.source_id,
    passages.line_start AS line
FROM claims
JOIN entities AS subject ON subject.entity_id = claims.subject_id
JOIN passages ON passages.passage_id = claims.passage_id
LEFT JOIN entities AS object ON object.entity_id = claims.object_id
LEFT JOIN studies ON studies.study_id = claims.study_id
LEFT JOIN links ON links.claim_id = claims.claim_id
LEFT JOIN citations ON citations.reference_id = links.reference_id
