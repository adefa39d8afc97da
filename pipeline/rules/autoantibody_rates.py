"""Rules for autoantibody rates: what the table leaves open is said and explained."""

import pandera.polars as pa
import polars as pl


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


def antibody_is_an_antibody(data: pa.PolarsData) -> pl.LazyFrame:
    """The antibody that a curator added is an entity of the kind antibody."""
    return data.lazyframe.select(
        (pl.col("antibody_id").is_null() | (pl.col("_antibody_kind") == "antibody")).fill_null(False)
    )


def missing_denominator_is_explained(data: pa.PolarsData) -> pl.LazyFrame:
    """A rate without a sample size points at the source issue on missing denominators."""
    return data.lazyframe.select(
        (pl.col("sample_size").is_not_null() | (pl.col("_issue_kind") == "missing_denominator")).fill_null(False)
    )


CHECKS = [
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
        antibody_is_an_antibody,
        name="antibody_is_an_antibody",
        error=(
            "expected antibody_id to be an entity of kind antibody; name the antibody and not what it is directed "
            "at, or leave it blank"
        ),
    ),
    pa.Check(
        missing_denominator_is_explained,
        name="missing_denominator_is_explained",
        error=(
            "expected source_issue_id to name an issue of kind missing_denominator where sample_size is blank; "
            "add the issue or the sample size"
        ),
    ),
]
