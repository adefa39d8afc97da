-- Where does a row stand in the article?
-- Here the row of one drug; with another table_name and row_key the query answers for any row.
-- Lines are those of the captured article, headings included.
SELECT table_name, row_key, source_id, section, parent_section, line_start, sentence_number
FROM places
WHERE table_name = 'treatments' AND row_key = 'neuroinflammation-minocycline'
ORDER BY table_name, row_key, line_start, sentence_number
