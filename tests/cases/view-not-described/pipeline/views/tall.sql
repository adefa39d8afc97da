SELECT label FROM trees
