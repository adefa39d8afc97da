"""Rules for claims across columns: a claim is a whole triple in one sentence, and says whose word it is."""

import pandera.polars as pa
import polars as pl

TRIPLE = ["subject_id", "predicate", "object_id", "object_text", "modality", "passage_id"]


def has_an_object(data: pa.PolarsData) -> pl.LazyFrame:
    """A claim has an object: an entity, words, or both."""
    return data.lazyframe.select(pl.col("object_id").is_not_null() | pl.col("object_text").is_not_null())


def object_is_not_subject(data: pa.PolarsData) -> pl.LazyFrame:
    """A claim relates two things."""
    return data.lazyframe.select((pl.col("object_id") != pl.col("subject_id")).fill_null(True))


def cited_study_is_named(data: pa.PolarsData) -> pl.LazyFrame:
    """What a cited study asserts names the study."""
    return data.lazyframe.select(
        ((pl.col("asserted_by") != "cited_study") | pl.col("study_id").is_not_null()).fill_null(False)
    )


def statement_is_one_sentence(data: pa.PolarsData) -> pl.LazyFrame:
    """The statement starts with a capital, ends with a full stop, and has no other sentence end inside."""
    statement = pl.col("statement")
    one = statement.str.contains(r"^\p{Lu}.*[^.?!]\.$") & ~statement.str.contains(r"[.?!]\s+\p{Lu}")
    return data.lazyframe.select(one.fill_null(False))


def claim_stands_once(data: pa.PolarsData) -> pl.LazyFrame:
    """The same triple is not taken twice from the same place."""
    return data.lazyframe.select(pl.len().over(TRIPLE) == 1)


CHECKS = [
    pa.Check(
        has_an_object,
        name="has_an_object",
        error="expected object_id or object_text; name the entity, or put the object in words",
    ),
    pa.Check(
        object_is_not_subject,
        name="object_is_not_subject",
        error="expected two different entities; correct subject_id or object_id",
    ),
    pa.Check(
        cited_study_is_named,
        name="cited_study_is_named",
        error="expected a study_id beside asserted_by cited_study; name the study, or say researchers where the article names none",
    ),
    pa.Check(
        statement_is_one_sentence,
        name="statement_is_one_sentence",
        error="expected one sentence from a capital to a full stop; split the claim in two, or mend the punctuation",
    ),
    pa.Check(
        claim_stands_once,
        name="claim_stands_once",
        error="expected each triple once for each place; remove the repeated claim, or say in object_text how the two differ",
    ),
]
