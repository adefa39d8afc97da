"""What a cited work must be, beyond the types and keys of its fields.

The first rule is the proof that nothing was lost: the parsed fields, put together again, are the string as written.
It cannot see a string cut in the wrong place (the pieces fit again all the same): that is for the other rules.
"""

import polars as pl

from fmdata.checks import numbered_without_gap, row_rule, table_rule

WEBPAGE = pl.col("work_type") == "webpage"
# What journals and magazines have, and web pages do not.
PUBLICATION = ("container_title", "year", "volume", "issue", "locator", "published_date", "doi")
RANGE = r"^([A-Za-z]*)([0-9]+)-([A-Za-z]*)([0-9]+)$"
LETTERS_1, FIRST, LETTERS_2, LAST = (pl.col("locator").str.extract(RANGE, group) for group in (1, 2, 3, 4))
LINE_ABOVE = pl.col("_source_line").shift(1).over("source_id", order_by="position")

CHECKS = [
    row_rule(
        "citation_renders_back",
        pl.col("_rendered").eq_missing(pl.col("citation")),
        "expected the parsed fields to give the reference string as written; compare the citation with the article, and if it stands there so, teach pipeline/tables/bibliography*.sql its form",
    ),
    row_rule(
        "webpage_has_publisher_only",
        pl.when(WEBPAGE)
        .then(pl.all_horizontal(pl.col(PUBLICATION).is_null()) & pl.col("publisher").is_not_null())
        .otherwise(pl.col("publisher").is_null()),
        "expected a web page with a publisher and no container, year, volume, issue, locator, date or DOI, or another work without publisher; correct work_type or the citation",
    ),
    row_rule(
        "article_has_container",
        WEBPAGE | pl.col("container_title").is_not_null(),
        "expected the title of a journal or magazine after the title; correct the citation, or set work_type to webpage if it is one",
    ),
    row_rule(
        "journal_article_has_year_and_locator",
        pl.col("work_type").ne_missing("journal_article") | pl.all_horizontal(pl.col("year", "locator").is_not_null()),
        "expected year;volume(issue):pages or article number, e.g. 2012;120(7):401-404.; correct the citation, or work_type if this is no journal article",
    ),
    row_rule(
        "container_title_is_no_date",
        ~pl.col("container_title").str.contains(r"^(Published )?[0-9]{4}\b").fill_null(False),
        "expected the title of a journal or magazine, found a date in its place; look for a missing title in the citation",
    ),
    row_rule(
        "locator_fits_type",
        pl.when(pl.col("locator_type") == "pages")
        .then((LETTERS_1 == LETTERS_2) & (FIRST.cast(pl.Int64, strict=False) <= LAST.cast(pl.Int64, strict=False)))
        .when(pl.col("locator_type") == "article_number")
        .then(pl.col("locator").str.contains(r"^[A-Za-z]*[0-9]+[A-Za-z0-9]*$"))
        .otherwise(pl.col("locator").is_null()),
        "expected pages such as 401-404, the first not after the last, or one article number such as e144201; compare the citation with the article",
    ),
    # The name of a chemical may have brackets.
    row_rule(
        "title_holds_no_notice",
        ~pl.col("title")
        .str.contains(r"(?i)\[[^\]]*(published|correct|retract|errat|withdrawn|concern)")
        .fill_null(False),
        "expected the notice in the form [published correction appears in Journal. 2020;13:578] or [retracted in: …]; compare the citation with the article, or teach pipeline/tables/bibliography_notices.sql the new wording",
    ),
    # Only a list of persons is cut short, and its mark is in no other field.
    row_rule(
        "et_al_follows_persons",
        ~pl.any_horizontal(
            pl.col("title", "container_title").str.contains(r"(?i)\bet al\b").fill_null(False),
            (pl.col("et_al") & WEBPAGE).fill_null(False),
        ),
        'expected ", et al" only at the end of a list of persons; compare the citation with the article',
    ),
    table_rule(
        "positions_have_no_gap",
        numbered_without_gap("position", within="source_id"),
        "expected the positions 1, 2, 3 … of a source without gap or repetition; add the missing reference or correct its position",
    ),
    table_rule(
        "lines_follow_positions",
        (pl.col("_source_line") >= LINE_ABOVE).fill_null(True),
        "expected a line not before that of the reference above; correct line or position",
    ),
]
