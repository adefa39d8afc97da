-- How firmly does the article speak of each topic?
-- Claims counted by the section they stand in; three sections share a heading, so the key is shown.
SELECT
    passages.source_id,
    passages.section_id,
    count(*) FILTER (WHERE claims.modality = 'asserted') AS asserted,
    count(*) FILTER (WHERE claims.modality = 'hedged') AS hedged,
    count(*) FILTER (WHERE claims.modality = 'hypothesis') AS hypothesis,
    count(*) FILTER (WHERE claims.modality = 'open_question') AS open_question
FROM claims
JOIN passages ON passages.passage_id = claims.passage_id
GROUP BY passages.source_id, passages.section_id
ORDER BY passages.source_id, min(passages.line_start), passages.section_id
