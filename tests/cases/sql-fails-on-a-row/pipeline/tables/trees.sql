SELECT id, CAST(label AS INTEGER)::VARCHAR AS label, _file, _line FROM raw.trees
