-- What are the drugs called elsewhere?
-- Exact matches of the substance in ChEBI, RxNorm and MeSH; matches of brand names and refused ones are left out.
-- A blank means that no match was verified. Low-dose naltrexone is missing: it is a way of dosing, with no exact match.
SELECT
    entities.name AS drug,
    string_agg(mappings.object_id, ', ' ORDER BY mappings.object_id) FILTER (WHERE mappings.object_source = 'CHEBI') AS chebi,
    string_agg(mappings.object_id, ', ' ORDER BY mappings.object_id) FILTER (WHERE mappings.object_source = 'RXNORM') AS rxnorm,
    string_agg(mappings.object_id, ', ' ORDER BY mappings.object_id) FILTER (WHERE mappings.object_source = 'MESH') AS mesh
FROM entities
JOIN entity_mappings AS mappings ON mappings.entity_id = entities.entity_id
WHERE entities.kind IN ('drug', 'biologic')
    AND mappings.predicate_id = 'skos:exactMatch'
    AND mappings.predicate_modifier IS NULL
    AND mappings.subject_label NOT LIKE '% (brand)'
GROUP BY entities.entity_id, entities.name
ORDER BY drug, entities.entity_id
