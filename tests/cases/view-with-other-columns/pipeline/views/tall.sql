SELECT id, label FROM trees
