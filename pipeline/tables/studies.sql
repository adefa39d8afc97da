-- One row is one study that an article mentions.
SELECT
    study_id,
    _folder AS source_id,
    label,
    year,
    year_status,
    design,
    aim_paraphrase AS aim,
    species,
    population_paraphrase AS population,
    population_status,
    sample_size,
    sample_size_status,
    passage_key(_folder, line, sentence) AS passage_id,
    _file,
    _line
FROM raw.studies
