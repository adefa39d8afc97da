-- forêt
SELECT label FROM trees
