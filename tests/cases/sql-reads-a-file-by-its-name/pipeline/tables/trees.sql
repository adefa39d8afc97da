SELECT id, label, 'x' AS _file, 1 AS _line FROM 'raw/trees.csv'
