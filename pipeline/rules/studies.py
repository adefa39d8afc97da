"""Rules for studies across columns: what a study does not report says so, and its key keeps to its year."""

import polars as pl

from fmdata.checks import row_rule, status_agrees

YEAR_IN_KEY = pl.col("study_id").str.extract(r"-(\d{4})$", 1).cast(pl.Int64)

CHECKS = [
    status_agrees("year_status", "year"),
    status_agrees("population_status", "population"),
    status_agrees("sample_size_status", "sample_size"),
    row_rule(
        "key_keeps_to_the_year",
        YEAR_IN_KEY.is_null() | (pl.col("year") == YEAR_IN_KEY),
        "expected the year at the end of study_id to be the year of the study; correct the year or choose another key",
    ),
    row_rule(
        "animal_experiment_is_not_on_people",
        (pl.col("design") != "animal_experiment") | (pl.col("species") != "human"),
        "expected another species beside design animal_experiment; correct species or design",
    ),
]
