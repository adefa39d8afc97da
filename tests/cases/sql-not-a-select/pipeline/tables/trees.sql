DROP TABLE raw.trees
