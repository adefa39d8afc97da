"""Rules for claims across columns: a claim is a whole triple in one sentence, and says whose word it is."""

import polars as pl

from fmdata.checks import row_rule, same_source, table_rule

STATEMENT = pl.col("statement")

CHECKS = [
    row_rule(
        "has_an_object",
        pl.any_horizontal(pl.col("object_id", "object_text").is_not_null()),
        "expected object_id or object_text; name the entity, or put the object in words",
    ),
    row_rule(
        "object_is_not_subject",
        (pl.col("object_id") != pl.col("subject_id")).fill_null(True),
        "expected two different entities; correct subject_id or object_id",
    ),
    row_rule(
        "cited_study_is_named",
        (pl.col("asserted_by") != "cited_study") | pl.col("study_id").is_not_null(),
        "expected a study_id beside asserted_by cited_study; name the study, or say researchers where the article names none",
    ),
    row_rule(
        "statement_is_one_sentence",
        STATEMENT.str.contains(r"^\p{Lu}.*[^.?!]\.$") & ~STATEMENT.str.contains(r"[.?!]\s+\p{Lu}"),
        "expected one sentence from a capital to a full stop; split the claim in two, or mend the punctuation",
    ),
    table_rule(
        "claim_stands_once",
        pl.len().over("subject_id", "predicate", "object_id", "object_text", "modality", "passage_id") == 1,
        "expected each triple once for each place; remove the repeated claim, or say in object_text how the two differ",
    ),
    row_rule(
        "claim_stands_where_something_is_said",
        pl.col("_passage_kind").is_in(["heading", "sentence", "list_item", "list_lead", "table_row", "footnote"]),
        "expected a sentence, a heading or a line of a list or table, not a reference, a byline or a caption; correct the line",
    ),
    same_source(
        "study_is_of_this_article",
        "_study_source_id",
        "_source_id",
        "expected a study of the article that the row is taken from; correct study_id, or enter the study in the article's own studies.csv",
    ),
]
