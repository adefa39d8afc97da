-- How did the values come about?
-- Verbatim values stand in the article as they are, split ones are parts of a longer string, normalised ones are words of
-- the article in another spelling or with an identifier of ours; inferred and curated ones are somebody's reading.
SELECT
    table_name,
    count(*) FILTER (WHERE derivation = 'verbatim') AS verbatim,
    count(*) FILTER (WHERE derivation = 'split') AS split,
    count(*) FILTER (WHERE derivation = 'normalised') AS normalised,
    count(*) FILTER (WHERE derivation = 'inferred') AS inferred,
    count(*) FILTER (WHERE derivation = 'curated') AS curated
FROM provenance
GROUP BY table_name
ORDER BY count(*) DESC, table_name
