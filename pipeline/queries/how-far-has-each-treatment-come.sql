-- How far has each treatment come?
-- The stage is the article's, for that condition: many a drug that may be useful here is sold for something else.
SELECT
    stage,
    coalesce(indication, 'no condition named') AS condition,
    count(*) AS treatments,
    string_agg(drug, ', ' ORDER BY drug) AS drugs
FROM drugs
GROUP BY stage, indication
ORDER BY treatments DESC, CAST(stage AS VARCHAR), condition
