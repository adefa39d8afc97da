-- One row is one link between a reference and the study, claim, treatment or antibody rate it stands behind.
-- A rate is named by its antigen: meant is that of the article that lists the reference.
-- Working columns: how many of the four are named, the key the link ought to have, the article of the reference and
-- that of the study, claim or treatment, and whether the reference's article has a rate of the antigen.
WITH links AS (
    SELECT
        *,
        list_filter(
            [study_id, claim_id, treatment_id, antigen_id],
            lambda subject: subject IS NOT NULL
        ) AS subjects,
        (SELECT min(source_id) FROM bibliography AS works WHERE works.reference_id = link.reference_id)
            AS reference_source_id
    FROM raw.evidence_links AS link
)
SELECT
    link_id,
    study_id,
    claim_id,
    treatment_id,
    antigen_id,
    reference_id,
    link_basis,
    confidence,
    rationale,
    CAST(len(subjects) AS BIGINT) AS _subject_count,
    array_to_string(list_append(subjects, reference_id), '-') AS _expected_link_id,
    reference_source_id AS _reference_source_id,
    coalesce(
        (SELECT min(source_id) FROM studies WHERE studies.study_id = links.study_id),
        (SELECT min(_source_id) FROM claims WHERE claims.claim_id = links.claim_id),
        (SELECT min(_source_id) FROM treatments WHERE treatments.treatment_id = links.treatment_id)
    ) AS _subject_source_id,
    EXISTS (
        FROM autoantibody_rates AS rates
        WHERE rates.source_id = links.reference_source_id AND rates.antigen_id = links.antigen_id
    ) AS _has_rate,
    _file,
    _line
FROM links
