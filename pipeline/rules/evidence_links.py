"""Rules for evidence links across columns: one subject, a true key, one article, and a reason for every inference."""

import polars as pl

from fmdata.checks import row_rule, same_source

CHECKS = [
    row_rule(
        "has_exactly_one_subject",
        pl.col("_subject_count") == 1,
        "expected exactly one of study_id, claim_id, treatment_id and antigen_id; write one row for each subject",
    ),
    row_rule(
        "key_names_subject_and_reference",
        pl.col("link_id") == pl.col("_expected_link_id"),
        "expected link_id to be the subject's key, a hyphen and the reference_id; correct whichever is wrong",
    ),
    # A shorter reason cannot say what in the reference matches.
    row_rule(
        "inference_has_a_reason",
        (pl.col("link_basis") != "curator_inference") | (pl.col("rationale").str.len_chars() >= 40),
        "expected a rationale of 40 characters or more for a curator_inference; say what in the reference matches",
    ),
    # A key that nothing has is reported by the foreign keys.
    same_source(
        "reference_is_of_this_article",
        "_subject_source_id",
        "_reference_source_id",
        "expected a reference that is listed by the article of the study, claim or treatment; correct reference_id or the subject",
    ),
    row_rule(
        "antigen_has_a_rate",
        pl.any_horizontal(pl.col("antigen_id", "_reference_source_id").is_null()) | pl.col("_has_rate"),
        "expected an antigen of which the article that lists the reference gives a rate; correct antigen_id or reference_id, or enter the rate",
    ),
]
