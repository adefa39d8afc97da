-- Which section yields most facts?
-- Rows of all tables that state facts, the list of references included; names and source issues are not counted.
-- Cells are the filled ones, without surrogate keys and pointers to other places.
SELECT section_id, section, count(*) AS fact_rows, CAST(sum(cells) AS BIGINT) AS fact_cells, count(DISTINCT table_name) AS tables
FROM places
WHERE section_id IS NOT NULL
GROUP BY section_id, section
ORDER BY fact_rows DESC, section_id
