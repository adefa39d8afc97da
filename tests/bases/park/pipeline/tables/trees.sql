SELECT
    label, TRY_CAST(split_part(height_as_written, ' ', 1) AS BIGINT) AS height, remark,
    place(_folder, line, sentence) AS passage_id, height_as_written AS _height, _file, _line
FROM raw.trees
