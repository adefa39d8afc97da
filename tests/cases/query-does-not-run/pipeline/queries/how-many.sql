-- How many trees are there?
-- One row.
SELECT girth FROM trees
