SELECT tree_id, kind, height, planted, _file, _line FROM raw.trees
