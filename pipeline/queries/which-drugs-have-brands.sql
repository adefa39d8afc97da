-- Which drugs have brands?
-- Brands, class, conditions and stage are the article's; a drug that it lists for two conditions has one line here.
SELECT
    drug,
    brand_names,
    string_agg(DISTINCT drug_class, ', ' ORDER BY drug_class) AS drug_class,
    string_agg(DISTINCT indication, ', ' ORDER BY indication) AS listed_for,
    string_agg(DISTINCT CAST(stage AS VARCHAR), ', ' ORDER BY CAST(stage AS VARCHAR)) AS stage
FROM drugs
WHERE brand_names IS NOT NULL
GROUP BY drug, brand_names
ORDER BY drug
