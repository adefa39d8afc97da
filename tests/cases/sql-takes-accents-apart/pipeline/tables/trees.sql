SELECT id, label || 'e' || chr(769) AS label, _file, _line FROM raw.trees
