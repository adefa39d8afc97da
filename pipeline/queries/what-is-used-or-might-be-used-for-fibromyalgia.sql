-- What is used or might be used for fibromyalgia?
-- Only rows whose condition is fibromyalgia itself: what is for neuroinflammation or small-fiber neuropathy alone is left out.
-- Also left out is intravenous immunoglobulin, which a pilot study gave for small-fiber neuropathy in fibromyalgia.
-- The seven listed drugs stand in the table twice, because the article says that they are used for both conditions.
SELECT drug, generic_name, brand_names, drug_class, stage, source_id, line
FROM drugs
WHERE indication = 'fibromyalgia'
ORDER BY stage, drug_class NULLS LAST, drug, treatment_id
