-- One row is one correction of a published cell, applied or not.
SELECT table_name, row_key, column_name, wrong_value, right_value, reason, evidence, reported_on, reported_by, reporter_role,
       status, _file, _line
FROM raw.corrections
