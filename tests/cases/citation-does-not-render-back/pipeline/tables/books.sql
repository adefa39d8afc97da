SELECT
    id,
    split_part(citation, '. ', 1) AS author,
    split_part(citation, '. ', 2) AS title,
    TRY_CAST(regexp_extract(citation, '([0-9]{4})\.$', 1) AS INTEGER) AS year,
    citation AS _as_written,
    _file,
    _line
FROM raw.books
