SELECT id, label, _file, 'first' AS _line FROM raw.trees
