"""Rules for studies across columns: what a study does not report says so, and its key keeps to its year."""

import pandera.polars as pa
import polars as pl


def year_status_is_true(data: pa.PolarsData) -> pl.LazyFrame:
    """The status says `reported` exactly where year is filled."""
    return data.lazyframe.select(
        ((pl.col("year_status") == "reported") == pl.col("year").is_not_null()).fill_null(False)
    )


def population_status_is_true(data: pa.PolarsData) -> pl.LazyFrame:
    """The status says `reported` exactly where population is filled."""
    return data.lazyframe.select(
        ((pl.col("population_status") == "reported") == pl.col("population").is_not_null()).fill_null(False)
    )


def sample_size_status_is_true(data: pa.PolarsData) -> pl.LazyFrame:
    """The status says `reported` exactly where sample_size is filled."""
    return data.lazyframe.select(
        ((pl.col("sample_size_status") == "reported") == pl.col("sample_size").is_not_null()).fill_null(False)
    )


def key_keeps_to_the_year(data: pa.PolarsData) -> pl.LazyFrame:
    """A key that ends in a year ends in the year of the study."""
    year_in_key = pl.col("study_id").str.extract(r"-(\d{4})$", 1).cast(pl.Int64)
    return data.lazyframe.select(year_in_key.is_null() | (year_in_key == pl.col("year")).fill_null(False))


def animal_experiment_is_not_on_people(data: pa.PolarsData) -> pl.LazyFrame:
    """An animal experiment is not a study of people."""
    return data.lazyframe.select(
        ((pl.col("design") != "animal_experiment") | (pl.col("species") != "human")).fill_null(False)
    )


CHECKS = [
    pa.Check(
        year_status_is_true,
        name="year_status_is_true",
        error=(
            "expected year_status `reported` where year is filled and another status where it is blank; correct "
            "one of the two"
        ),
    ),
    pa.Check(
        population_status_is_true,
        name="population_status_is_true",
        error=(
            "expected population_status `reported` where population is filled and another status where it is "
            "blank; correct one of the two"
        ),
    ),
    pa.Check(
        sample_size_status_is_true,
        name="sample_size_status_is_true",
        error=(
            "expected sample_size_status `reported` where sample_size is filled and another status where it is "
            "blank; correct one of the two"
        ),
    ),
    pa.Check(
        key_keeps_to_the_year,
        name="key_keeps_to_the_year",
        error=(
            "expected the year at the end of study_id to be the year of the study; correct the year or choose "
            "another key"
        ),
    ),
    pa.Check(
        animal_experiment_is_not_on_people,
        name="animal_experiment_is_not_on_people",
        error="expected another species beside design animal_experiment; correct species or design",
    ),
]
