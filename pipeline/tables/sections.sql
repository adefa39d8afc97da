-- One row is one section of an article, in document order.
WITH numbered AS (
    SELECT
        section_id,
        _folder AS source_id,
        parent_section_id,
        row_number() OVER (PARTITION BY _folder ORDER BY line_start, line_end DESC, section_id) AS position,
        heading,
        heading_origin,
        line_start,
        line_end,
        _file,
        _line
    FROM raw.sections
)
SELECT
    *,
    -- The smallest other section of the article that holds all of this one: what its parent has to be.
    (
        SELECT arg_max(outer_section.section_id, outer_section.position)
        FROM numbered AS outer_section
        WHERE outer_section.source_id = numbered.source_id
            AND outer_section.position < numbered.position
            AND outer_section.line_start <= numbered.line_start
            AND outer_section.line_end >= numbered.line_end
    ) AS _enclosing_section_id,
    -- How many sections of the article share lines with this one although neither holds the other.
    (
        SELECT count(*)
        FROM numbered AS other
        WHERE other.source_id = numbered.source_id
            AND other.line_start <= numbered.line_end
            AND other.line_end >= numbered.line_start
            AND NOT (other.line_start <= numbered.line_start AND other.line_end >= numbered.line_end)
            AND NOT (other.line_start >= numbered.line_start AND other.line_end <= numbered.line_end)
    ) AS _crossing_sections,
    CASE WHEN heading_origin = 'as_written' THEN passage_key(source_id, line_start, NULL) END AS _passage_id,
    (SELECT min(capture_lines) FROM sources WHERE sources.source_id = numbered.source_id) AS _capture_lines
FROM numbered
