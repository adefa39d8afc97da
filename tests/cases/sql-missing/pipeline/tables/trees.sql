SELECT id, label, _file, _line FROM raw.trees
