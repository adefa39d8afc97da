SELECT id, _file, _line FROM raw.trees
