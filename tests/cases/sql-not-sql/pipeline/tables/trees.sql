SELECT id,, label
