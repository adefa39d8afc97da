SELECT id, label || chr(0) || 'é' AS label, _file, _line FROM raw.trees
