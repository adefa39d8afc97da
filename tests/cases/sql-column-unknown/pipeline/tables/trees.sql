SELECT *, 1 AS age FROM raw.trees
