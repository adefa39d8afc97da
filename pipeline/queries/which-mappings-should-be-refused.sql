-- Which mappings should be refused?
-- Rows whose predicate_modifier is Not: a program that compares names would land on them, and be wrong.
SELECT entities.name AS entity, mappings.subject_label, mappings.object_id, mappings.object_label, mappings.comment
FROM entity_mappings AS mappings
JOIN entities ON entities.entity_id = mappings.entity_id
WHERE mappings.predicate_modifier = 'Not'
ORDER BY entity, mappings.mapping_id
