WITH places AS (
    SELECT _folder, line, sentence, _file, _line FROM raw.trees
    UNION ALL SELECT _folder, line, NULL, _file, _line FROM raw.books
),
first_places AS (
    FROM places QUALIFY row_number() OVER (PARTITION BY _folder, line, sentence ORDER BY _file, _line) = 1
)
SELECT
    place(places._folder, line, sentence) AS passage_id, places._folder AS source_id,
    line AS line_start, line AS line_end, sentence AS sentence_number,
    char_start, char_end, token_count, span_sha256, prefix_sha256, suffix_sha256, places._file, places._line
FROM first_places AS places
LEFT JOIN raw.anchors AS anchor
    ON anchor._folder = places._folder AND line_start = line AND line_end = line
    AND sentence_number IS NOT DISTINCT FROM sentence
