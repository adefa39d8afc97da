SELECT 'trees' AS table_name, label AS row_key, 'tall' AS size FROM trees WHERE height > 10
