-- What is still open?
-- Claims that the article leaves open (asked, or expressly left open) or puts forward as a hypothesis (believed, suspected, conditional).
-- A question that studies asked counts even where the article answers it: the places in the brain are in brain_region_activity.
SELECT modality, subject, statement, source_id, line
FROM claims_with_evidence
WHERE modality IN ('open_question', 'hypothesis')
GROUP BY modality, subject, statement, source_id, line, claim_id
ORDER BY CAST(modality AS VARCHAR), source_id, line, claim_id
