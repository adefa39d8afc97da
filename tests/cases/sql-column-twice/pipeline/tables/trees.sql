SELECT id, label, upper(label) AS label, _file, _line FROM raw.trees
