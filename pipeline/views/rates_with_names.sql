-- The antibody rates with the antigen's name, what is missing behind each figure, and where it stands.
SELECT
    rates.antigen_id,
    entities.name AS antigen,
    entities.kind AS antigen_kind,
    rates.label,
    rates.rate_percent,
    rates.population,
    rates.population_status,
    rates.sample_size,
    rates.sample_size_status,
    issues.description AS caveat,
    (
        SELECT string_agg(links.reference_id, ', ' ORDER BY links.reference_id)
        FROM evidence_links AS links
        JOIN bibliography AS works ON works.reference_id = links.reference_id
        WHERE links.antigen_id = rates.antigen_id AND works.source_id = rates.source_id
    ) AS reference_ids,
    rates.source_id,
    passages.line_start AS line
FROM autoantibody_rates AS rates
JOIN entities ON entities.entity_id = rates.antigen_id
JOIN passages ON passages.passage_id = rates.passage_id
LEFT JOIN source_issues AS issues ON issues.issue_id = rates.source_issue_id
