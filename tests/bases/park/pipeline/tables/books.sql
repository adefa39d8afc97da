SELECT citation, place(_folder, line, NULL) AS passage_id, _file, _line FROM raw.books
