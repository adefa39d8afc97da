-- One row is one brain region in which a study found abnormal activity related to inflammation.
SELECT
    names.entity_id AS region_id,
    region.label,
    side_of(region.label) AS laterality,
    region.activity,
    region.functions_paraphrase AS functions,
    region.study_id,
    passage_key(region._folder, region.line, NULL) AS passage_id,
    CASE WHEN region.lead_line IS NOT NULL
        THEN passage_key(region._folder, region.lead_line, region.lead_sentence) END AS lead_passage_id,
    without_side(region.label) AS _region_label,
    written_side(region.label) AS _side,
    region.line AS _at_line,
    region.lead_line AS _lead_line,
    region._folder AS _source_id,
    (SELECT min(source_id) FROM studies WHERE studies.study_id = region.study_id) AS _study_source_id,
    region._file,
    region._line
FROM raw.brain_region_activity AS region
LEFT JOIN entity_names AS names ON names.name = without_side(region.label) AND names.name_type = 'as_written'
