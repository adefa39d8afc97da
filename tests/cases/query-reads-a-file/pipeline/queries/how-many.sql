-- How many trees are there?
-- One row.
SELECT * FROM read_csv('raw/trees.csv')
