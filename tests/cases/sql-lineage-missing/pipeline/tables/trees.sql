SELECT id, label FROM raw.trees
