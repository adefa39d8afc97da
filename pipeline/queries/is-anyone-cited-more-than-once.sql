-- Is anyone cited more than once?
-- A tally of authors by the number of their works. Seven references cut their author lists short, so a name may be missing;
-- only family name and initials together count as the same author, and even then it may be two people.
WITH works_by_author AS (
    SELECT coalesce(organization, family_name || ' ' || initials) AS author, count(DISTINCT reference_id) AS works
    FROM bibliography_authors
    GROUP BY ALL
)
SELECT works AS works_each, count(*) AS authors, min(author) AS first_by_name, max(author) AS last_by_name
FROM works_by_author
GROUP BY works
ORDER BY works_each DESC
