"""Rules for source issues: an issue of a certain kind points at a line of the kind it is about."""

import polars as pl

from fmdata.checks import row_rule, table_rule

# The kind of passage that an issue of this kind has to point at; other issues may point anywhere.
PLACES = {
    "lost_list": "list_lead",
    "orphan_footnote": "footnote",
    "lost_illustration": "caption",
    "missing_doi": "reference",
    "correction_notice": "reference",
}
EXPECTED = pl.col("kind").replace_strict(PLACES, default=None, return_dtype=pl.String)

CHECKS = [
    row_rule(
        "issue_points_at_its_kind_of_line",
        EXPECTED.is_null() | (pl.col("_passage_kind") == EXPECTED),
        "expected the issue to point at a line of the kind it is about: a list lead, footnote, reference or caption; correct line or kind",
    ),
    table_rule(
        "issue_stands_once",
        pl.len().over("source_id", "passage_id", "kind", "description") == 1,
        "expected each issue once; remove the repeated row",
    ),
    row_rule(
        "handling_is_not_the_description",
        pl.col("handling") != pl.col("description"),
        "expected handling to say what was done about the issue; the description stands in its own column",
    ),
]
