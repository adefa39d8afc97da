SELECT * FROM raw.corrections
