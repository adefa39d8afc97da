-- Which journals are cited most?
-- Journals as abbreviated in the list of references; those cited once are left out, and web pages have none.
SELECT
    container_title AS journal,
    count(*) AS works,
    min(year) AS first_year,
    max(year) AS last_year,
    string_agg(reference_id, ', ' ORDER BY reference_id) AS reference_ids
FROM bibliography
WHERE container_title IS NOT NULL
GROUP BY container_title
HAVING count(*) > 1
ORDER BY works DESC, journal
