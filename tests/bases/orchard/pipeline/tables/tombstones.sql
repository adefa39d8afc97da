SELECT * FROM raw.tombstones
