-- Which claims match a reference closely?
-- Links to the claim itself that the curator is sure of; links that a claim takes over from its study are left out.
-- Sure means that this is probably the work meant, not that the work is right.
SELECT statement, modality, citation, doi_url
FROM claims_with_evidence
WHERE confidence = 'high' AND link_subject = 'claim'
ORDER BY source_id, line, claim_id, reference_id
