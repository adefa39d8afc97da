-- How often were which autoantibodies found?
-- Mind the two status columns: the article gives percentages without saying whom or how many people they are about,
-- and it names substances, tissues, an organ and an antibody side by side, so the figures cannot be compared.
-- A footnote limits something in the table, most likely one of the rates, to people with Sjögren's syndrome; what it marked is lost.
SELECT antigen, antigen_kind, rate_percent, population_status, sample_size_status, reference_ids, source_id
FROM rates_with_names
ORDER BY rate_percent DESC, antigen_id, source_id
