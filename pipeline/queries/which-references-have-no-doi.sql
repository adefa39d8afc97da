-- Which references have no DOI?
-- They are web pages and one magazine article; the list gives no address for them, and none was added.
SELECT
    bibliography.reference_id,
    bibliography.work_type,
    string_agg(coalesce(authors.organization, authors.family_name), ', ' ORDER BY authors.position) AS authors,
    bibliography.title,
    coalesce(bibliography.publisher, bibliography.container_title) AS published_by
FROM bibliography
LEFT JOIN bibliography_authors AS authors ON authors.reference_id = bibliography.reference_id
WHERE bibliography.doi IS NULL
GROUP BY ALL
ORDER BY bibliography.reference_id
