-- What did the mouse study find?
-- Outcomes are in our own words. Where the modality is hedged, the article says only what seemed to be the case.
SELECT entities.name AS about, findings.outcome, findings.direction, findings.modality, passages.line_start AS line
FROM study_findings AS findings
JOIN entities ON entities.entity_id = findings.entity_id
JOIN passages ON passages.passage_id = findings.passage_id
WHERE findings.study_id = 'passive-transfer-2021'
ORDER BY line, findings.finding_id
