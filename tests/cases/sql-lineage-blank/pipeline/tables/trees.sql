SELECT id, label, NULL AS _file, _line FROM raw.trees
