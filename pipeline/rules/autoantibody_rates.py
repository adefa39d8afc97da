"""Rules for autoantibody rates: what the table leaves open is said and explained."""

import polars as pl

from fmdata.checks import row_rule, same_source, status_agrees

CHECKS = [
    status_agrees("population_status", "population"),
    status_agrees("sample_size_status", "sample_size"),
    row_rule(
        "antibody_is_an_antibody",
        pl.col("antibody_id").is_null() | (pl.col("_antibody_kind") == "antibody"),
        "expected antibody_id to be an entity of kind antibody; name the antibody and not what it is directed at, or leave it blank",
    ),
    row_rule(
        "missing_denominator_is_explained",
        pl.col("sample_size").is_not_null() | (pl.col("_issue_kind") == "missing_denominator"),
        "expected source_issue_id to name an issue of kind missing_denominator where sample_size is blank; add the issue or the sample size",
    ),
    same_source(
        "issue_is_of_this_article",
        "_issue_source_id",
        "source_id",
        "expected a source issue of the article that the rate is taken from; correct source_issue_id, or enter the issue of this article",
    ),
]
