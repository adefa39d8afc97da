SELECT id, nothing AS label, _file, _line FROM raw.trees
