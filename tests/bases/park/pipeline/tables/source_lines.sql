SELECT _folder AS source_id, * EXCLUDE (_folder) FROM raw.lines
