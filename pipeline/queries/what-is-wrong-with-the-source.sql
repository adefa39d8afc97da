-- What is wrong with the source?
-- The weightier kinds of issue; without the condition the query gives all. Nothing was silently repaired:
-- description and handling in source_issues tell what was found and what was done.
SELECT
    kind,
    count(*) AS issues,
    string_agg(issue_id, ', ' ORDER BY issue_id) AS issue_ids
FROM source_issues
WHERE kind IN (
    'lost_list', 'orphan_footnote', 'missing_citation_marks', 'missing_denominator',
    'term_misuse', 'inconsistency', 'partial_capture'
)
GROUP BY kind
ORDER BY issues DESC, kind
