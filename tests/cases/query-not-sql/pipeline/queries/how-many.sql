-- How many trees are there?
-- One row.
SELECT FROM FROM
