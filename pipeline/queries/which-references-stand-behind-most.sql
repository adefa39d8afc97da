-- Which references stand behind most?
-- Links to studies, claims, treatments and rates: three or more, or none at all.
-- None means that no title supports a link, not that the article did not use the work.
SELECT
    bibliography.reference_id,
    bibliography.title,
    count(links.link_id) AS links,
    count(*) FILTER (WHERE links.confidence = 'high') AS high_confidence
FROM bibliography
LEFT JOIN evidence_links AS links ON links.reference_id = bibliography.reference_id
GROUP BY ALL
HAVING count(links.link_id) = 0 OR count(links.link_id) >= 3
ORDER BY links DESC, high_confidence DESC, bibliography.reference_id
