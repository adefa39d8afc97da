-- Which lines of the article yield nothing?
-- The ledger has each line that is not blank, with a reason for each from which no fact was taken.
SELECT source_id, line_number, kind, status, reason
FROM source_lines
WHERE status <> 'extracted'
ORDER BY source_id, line_number
