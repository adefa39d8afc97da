-- How many trees are there?
SELECT count(*) AS trees FROM trees
