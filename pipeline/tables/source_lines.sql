-- One row is one line of a capture that is not blank: the ledger of what became of it.
-- `_states_a_fact` is worked out from the published tables: a published fact, heading or detail of the source stands
-- on the line. What only a source issue or a name points at does not make a line extracted.
WITH fact_passages AS (
    SELECT passage_id FROM autoantibody_rates
    UNION SELECT passage_id FROM bibliography
    UNION SELECT passage_id FROM brain_region_activity
    UNION SELECT lead_passage_id FROM brain_region_activity
    UNION SELECT passage_id FROM brain_region_correlations
    UNION SELECT passage_id FROM claims
    UNION SELECT passage_id FROM neuroinflammation_components
    UNION SELECT lead_passage_id FROM neuroinflammation_components
    UNION SELECT passage_id FROM studies
    UNION SELECT passage_id FROM study_findings
    UNION SELECT lead_passage_id FROM study_findings
    UNION SELECT passage_id FROM study_measures
    UNION SELECT passage_id FROM symptoms
    UNION SELECT lead_passage_id FROM symptoms
    UNION SELECT passage_id FROM treatments
    UNION SELECT lead_passage_id FROM treatments
),
fact_lines AS (
    SELECT source_id, unnest(range(line_start, line_end + 1)) AS line_number
    FROM passages
    WHERE passage_id IN (SELECT passage_id FROM fact_passages)
    UNION
    SELECT source_id, line_start FROM sections WHERE heading_origin = 'as_written'
    UNION
    SELECT source_id,
        unnest([title_line, author_line, publisher_line, original_publisher_line, published_date_line])
    FROM sources
)
SELECT
    ledger._folder AS source_id,
    ledger.line_number,
    ledger.kind,
    ledger.status,
    ledger.reason,
    (
        SELECT arg_max(sections.section_id, sections.position)
        FROM sections
        WHERE sections.source_id = ledger._folder
            AND ledger.line_number BETWEEN sections.line_start AND sections.line_end
    ) AS section_id,
    fact_lines.line_number IS NOT NULL AS _states_a_fact,
    (SELECT min(capture_lines) FROM sources WHERE sources.source_id = ledger._folder) AS _capture_lines,
    ledger._file,
    ledger._line
FROM raw.lines AS ledger
LEFT JOIN fact_lines ON fact_lines.source_id = ledger._folder AND fact_lines.line_number = ledger.line_number
