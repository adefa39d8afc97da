-- Where each published row that states a fact stands in its article.
WITH row_places AS (
    SELECT table_name, row_key, passage_id, count(*) AS cells
    FROM provenance
    GROUP BY table_name, row_key, passage_id
)
SELECT
    row_places.table_name,
    row_places.row_key,
    row_places.cells,
    row_places.passage_id,
    sources.source_id,
    sources.title AS source_title,
    sections.section_id,
    sections.heading AS section,
    parents.heading AS parent_section,
    passages.line_start,
    passages.line_end,
    passages.sentence_number
FROM row_places
JOIN passages ON passages.passage_id = row_places.passage_id
JOIN sources ON sources.source_id = passages.source_id
LEFT JOIN sections ON sections.section_id = passages.section_id
LEFT JOIN sections AS parents ON parents.section_id = sections.parent_section_id
