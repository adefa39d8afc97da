-- How many trees are there?
-- One row.
SELECT id FROM trees WHERE id > 5
