CREATE MACRO place(source, line, sentence) AS source || '-l' || line || coalesce('-s' || sentence, '');
