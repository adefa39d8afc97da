SELECT id, CAST(regexp_extract(share_text, '^([0-9.]+)%$', 1) AS DOUBLE) AS share, _file, _line
FROM raw.trees
