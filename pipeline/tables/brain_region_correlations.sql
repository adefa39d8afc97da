-- One row is one outcome that goes with inflammation in a brain region.
SELECT
    regions.entity_id AS region_id,
    correlation.label,
    side_of(correlation.label) AS laterality,
    outcomes.entity_id AS outcome_id,
    correlation.outcome_label,
    correlation.direction,
    correlation.study_id,
    passage_key(correlation._folder, correlation.line, correlation.sentence) AS passage_id,
    without_side(correlation.label) AS _region_label,
    written_side(correlation.label) AS _side,
    correlation._folder AS _source_id,
    (SELECT min(source_id) FROM studies WHERE studies.study_id = correlation.study_id) AS _study_source_id,
    correlation._file,
    correlation._line
FROM raw.brain_region_correlations AS correlation
LEFT JOIN entity_names AS regions
    ON regions.name = without_side(correlation.label) AND regions.name_type = 'as_written'
LEFT JOIN entity_names AS outcomes
    ON outcomes.name = correlation.outcome_label AND outcomes.name_type = 'as_written'
