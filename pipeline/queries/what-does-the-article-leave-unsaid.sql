-- What does the article leave unsaid?
-- The status columns say it: each row here counts the rows of one table by one status.
-- A blank cell alone would leave open whether the article or the extraction is to blame.
SELECT 'autoantibody_rates' AS in_table, 'population' AS about, CAST(population_status AS VARCHAR) AS status, count(*) AS row_count
FROM autoantibody_rates GROUP BY ALL
UNION ALL
SELECT 'autoantibody_rates', 'sample size', CAST(sample_size_status AS VARCHAR), count(*) FROM autoantibody_rates GROUP BY ALL
UNION ALL
SELECT 'studies', 'sample size', CAST(sample_size_status AS VARCHAR), count(*) FROM studies GROUP BY ALL
UNION ALL
SELECT 'studies', 'year', CAST(year_status AS VARCHAR), count(*) FROM studies GROUP BY ALL
UNION ALL
SELECT 'studies', 'population', CAST(population_status AS VARCHAR), count(*) FROM studies GROUP BY ALL
UNION ALL
SELECT 'treatments', 'condition', CAST(indication_status AS VARCHAR), count(*) FROM treatments GROUP BY ALL
ORDER BY in_table, about, status
