SELECT CAST(label AS INTEGER) AS label FROM trees
