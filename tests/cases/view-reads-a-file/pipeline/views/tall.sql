SELECT label FROM read_csv('raw/trees.csv')
