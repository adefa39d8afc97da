-- What stands behind a claim?
-- Here all claims about central sensitization. The capture lost the citation marks: each work is a curator's inference
-- from its title, with a confidence and a reason. A claim without a work stays in, with blanks.
SELECT statement, modality, citation, doi_url, confidence, rationale
FROM claims_with_evidence
WHERE 'central sensitization' IN (subject, object)
ORDER BY source_id, line, claim_id, reference_id NULLS LAST
