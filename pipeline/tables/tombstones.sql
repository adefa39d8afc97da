-- One row is the key of a row that was in a release and is gone.
SELECT table_name, row_key, fate, merged_into, since_version, reason, _file, _line
FROM raw.tombstones
