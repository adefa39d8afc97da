SELECT id, label || chr(13) AS label, _file, _line FROM raw.trees
