"""Rules for evidence links across columns: one subject, a true key, and a reason for every inference."""

import polars as pl

from fmdata.checks import row_rule

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
]
