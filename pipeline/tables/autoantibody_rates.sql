-- One row is one row of an article's table of autoantibody rates.
SELECT
    rate._folder AS source_id,
    names.entity_id AS antigen_id,
    rate.label,
    rate.antibody_entity_id AS antibody_id,
    TRY_CAST(rtrim(rate.rate, '%') AS DOUBLE) AS rate_percent,
    rate.population_paraphrase AS population,
    rate.population_status,
    rate.sample_size,
    rate.sample_size_status,
    rate.source_issue_id,
    passage_key(rate._folder, rate.line, NULL) AS passage_id,
    rate.rate AS _rate,
    issues.kind AS _issue_kind,
    issues.source_id AS _issue_source_id,
    antibodies.kind AS _antibody_kind,
    rate._file,
    rate._line
FROM raw.autoantibody_rates AS rate
LEFT JOIN entity_names AS names ON names.name = rate.label AND names.name_type = 'as_written'
LEFT JOIN source_issues AS issues ON issues.issue_id = rate.source_issue_id
LEFT JOIN entities AS antibodies ON antibodies.entity_id = rate.antibody_entity_id
