-- How often were which autoantibodies found?
-- Mind the two status columns: the article gives percentages without saying whom or how many people they are about,
-- and it names substances, tissues, an organ and an antibody side by side, so the figures cannot be compared.
SELECT antigen, antigen_kind, rate_percent, population_status, sample_size_status, reference_ids
FROM rates_with_names
ORDER BY rate_percent DESC, antigen_id
