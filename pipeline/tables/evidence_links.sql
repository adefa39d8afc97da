-- One row is one link between a reference and the study, claim, treatment or antibody rate it stands behind.
-- Working columns: how many of the four are named, and the key the link ought to have.
WITH links AS (
    SELECT
        *,
        list_filter(
            [study_id, claim_id, treatment_id, antigen_id],
            lambda subject: subject IS NOT NULL
        ) AS subjects
    FROM raw.evidence_links
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
    _file,
    _line
FROM links
