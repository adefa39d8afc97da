-- How many trees are there?
-- One row.
DELETE FROM trees
