-- Which section yields most facts?
-- Rows of all tables that point at a place, list of references, names and source issues included; cells are the filled ones.
SELECT section_id, section, count(*) AS fact_rows, CAST(sum(cells) AS BIGINT) AS fact_cells, count(DISTINCT table_name) AS tables
FROM places
WHERE section_id IS NOT NULL
GROUP BY section_id, section
ORDER BY fact_rows DESC, section_id
