-- One row is one measure that an outcome of a study was made of.
SELECT
    measure.study_id,
    outcomes.entity_id AS outcome_id,
    measures.entity_id AS measure_id,
    measure.outcome_label,
    measure.label,
    passage_key(measure._folder, measure.line, measure.sentence) AS passage_id,
    measure._folder AS _source_id,
    (SELECT min(source_id) FROM studies WHERE studies.study_id = measure.study_id) AS _study_source_id,
    measure._file,
    measure._line
FROM raw.study_measures AS measure
LEFT JOIN entity_names AS outcomes ON outcomes.name = measure.outcome_label AND outcomes.name_type = 'as_written'
LEFT JOIN entity_names AS measures ON measures.name = measure.label AND measures.name_type = 'as_written'
