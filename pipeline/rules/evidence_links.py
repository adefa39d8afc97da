"""Rules for evidence links across columns: one subject, a true key, and a reason for every inference."""

import pandera.polars as pa
import polars as pl

# A reason shorter than this cannot say what in the reference matches.
RATIONALE_MIN_LENGTH = 40


def has_exactly_one_subject(data: pa.PolarsData) -> pl.LazyFrame:
    """A link stands for one study, claim, treatment or rate."""
    return data.lazyframe.select(pl.col("_subject_count") == 1)


def key_names_subject_and_reference(data: pa.PolarsData) -> pl.LazyFrame:
    """The key is the subject's key, a hyphen and the reference's key."""
    return data.lazyframe.select((pl.col("link_id") == pl.col("_expected_link_id")).fill_null(False))


def inference_has_a_reason(data: pa.PolarsData) -> pl.LazyFrame:
    """What a curator inferred says why, at some length."""
    long_enough = pl.col("rationale").str.len_chars() >= RATIONALE_MIN_LENGTH
    return data.lazyframe.select(((pl.col("link_basis") != "curator_inference") | long_enough).fill_null(False))


CHECKS = [
    pa.Check(
        has_exactly_one_subject,
        name="has_exactly_one_subject",
        error="expected exactly one of study_id, claim_id, treatment_id and antigen_id; write one row for each subject",
    ),
    pa.Check(
        key_names_subject_and_reference,
        name="key_names_subject_and_reference",
        error="expected link_id to be the subject's key, a hyphen and the reference_id; correct whichever is wrong",
    ),
    pa.Check(
        inference_has_a_reason,
        name="inference_has_a_reason",
        error="expected a rationale of 40 characters or more for a curator_inference; say what in the reference matches",
    ),
]
