-- What does a single value rest on?
-- The macro where_from takes a table and a row's key; the parts of a longer key are joined by a blank.
-- `as_written` are words of the article, letter for letter; it is empty where a value was inferred or is a curator's.
-- Offsets count code points from the beginning of the captured text, whose SHA-256 stands in `sources`.
SELECT column_name, value, derivation, as_written, line_start AS line, char_start, char_end, section
FROM where_from('autoantibody_rates', 'holistic-pulse-2024 serotonin')
