SELECT id, label, _file, _line FROM trees
