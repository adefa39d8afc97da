-- One row is one named thing: a molecule, cell, brain region, drug, condition, symptom, measure or process.
SELECT entity_id, name, kind, description, _file, _line
FROM raw.entities
