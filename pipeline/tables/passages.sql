-- One row is one place that an extract points at: a line of an article or a sentence of a line.
-- The places come from the extracts and not from the published facts, because each fact points at its passage.
WITH places AS (
    SELECT source_id, unnest([title_line, author_line, publisher_line, original_publisher_line, published_date_line]) AS line,
        CAST(NULL AS BIGINT) AS sentence, _file, _line
    FROM sources
    UNION ALL SELECT source_id, line_start, NULL, _file, _line FROM sections WHERE heading_origin = 'as_written'
    UNION ALL SELECT _folder, line, NULL, _file, _line FROM raw.autoantibody_rates
    UNION ALL SELECT _folder, line, NULL, _file, _line FROM raw.bibliography_strings
    UNION ALL SELECT _folder, line, NULL, _file, _line FROM raw.brain_region_activity
    UNION ALL SELECT _folder, lead_line, lead_sentence, _file, _line FROM raw.brain_region_activity
    UNION ALL SELECT _folder, line, sentence, _file, _line FROM raw.brain_region_correlations
    UNION ALL SELECT _folder, line, sentence, _file, _line FROM raw.claims
    UNION ALL SELECT _folder, line, NULL, _file, _line FROM raw.neuroinflammation_components
    UNION ALL SELECT _folder, lead_line, NULL, _file, _line FROM raw.neuroinflammation_components
    UNION ALL SELECT _folder, line, sentence, _file, _line FROM raw.studies
    UNION ALL SELECT _folder, line, sentence, _file, _line FROM raw.study_findings
    UNION ALL SELECT _folder, lead_line, lead_sentence, _file, _line FROM raw.study_findings
    UNION ALL SELECT _folder, line, sentence, _file, _line FROM raw.study_measures
    UNION ALL SELECT _folder, line, sentence, _file, _line FROM raw.symptoms
    UNION ALL SELECT _folder, lead_line, lead_sentence, _file, _line FROM raw.symptoms
    UNION ALL SELECT _folder, line, NULL, _file, _line FROM raw.treatment_class_lists
    UNION ALL SELECT _folder, lead_line, lead_sentence, _file, _line FROM raw.treatment_class_lists
    UNION ALL SELECT _folder, line, NULL, _file, _line FROM raw.treatment_list_items
    UNION ALL SELECT _folder, lead_line, lead_sentence, _file, _line FROM raw.treatment_list_items
    UNION ALL SELECT _folder, line, sentence, _file, _line FROM raw.treatment_mentions
    UNION ALL SELECT source_id, line, sentence, _file, _line FROM raw.entity_names
    UNION ALL SELECT source_id, line, sentence, _file, _line FROM raw.source_issues
),
first_places AS (
    SELECT source_id, line, sentence, _file, _line
    FROM places
    WHERE line IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY source_id, line, sentence ORDER BY _file, _line) = 1
)
SELECT
    passage_key(place.source_id, place.line, place.sentence) AS passage_id,
    place.source_id,
    (
        SELECT arg_max(sections.section_id, sections.position)
        FROM sections
        WHERE sections.source_id = place.source_id AND place.line BETWEEN sections.line_start AND sections.line_end
    ) AS section_id,
    CASE WHEN place.sentence IS NOT NULL OR ledger.kind = 'paragraph' THEN 'sentence' ELSE ledger.kind END AS kind,
    place.line AS line_start,
    place.line AS line_end,
    place.sentence AS sentence_number,
    anchor.char_start,
    anchor.char_end,
    anchor.token_count,
    anchor.span_sha256,
    anchor.prefix_sha256,
    anchor.suffix_sha256,
    ledger.kind AS _line_kind,
    place.sentence IS NOT NULL AS _is_sentence,
    place._file,
    place._line
FROM first_places AS place
LEFT JOIN raw.lines AS ledger ON ledger._folder = place.source_id AND ledger.line_number = place.line
LEFT JOIN raw.anchors AS anchor
    ON anchor._folder = place.source_id AND anchor.line_start = place.line AND anchor.line_end = place.line
    AND anchor.sentence_number IS NOT DISTINCT FROM place.sentence
