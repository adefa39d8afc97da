-- One row is one claim: a thing an article says, as subject, predicate and object, with how firmly it says so and whose word it is.
SELECT
    claim_id,
    subject_id,
    predicate,
    object_id,
    object_text,
    statement,
    modality,
    asserted_by,
    study_id,
    passage_key(_folder, line, sentence) AS passage_id,
    _folder AS _source_id,
    (
        SELECT passages.kind
        FROM passages
        WHERE passages.passage_id = passage_key(claim._folder, claim.line, claim.sentence)
    ) AS _passage_kind,
    (SELECT min(source_id) FROM studies WHERE studies.study_id = claim.study_id) AS _study_source_id,
    _file,
    _line
FROM raw.claims AS claim
