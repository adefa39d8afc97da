SELECT count(*) AS trees FROM trees
