SELECT id, label, 'x' AS _file, 1 AS _line FROM read_csv('raw/trees.csv')
