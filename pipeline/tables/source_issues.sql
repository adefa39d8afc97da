-- One row is one thing that is wrong or unclear in an article or in its capture.
SELECT
    issue.issue_id,
    issue.source_id,
    CASE WHEN issue.line IS NOT NULL THEN passage_key(issue.source_id, issue.line, issue.sentence) END AS passage_id,
    issue.kind,
    issue.description,
    issue.handling,
    passages.kind AS _passage_kind,
    issue._file,
    issue._line
FROM raw.source_issues AS issue
LEFT JOIN passages ON passages.passage_id = passage_key(issue.source_id, issue.line, issue.sentence)
