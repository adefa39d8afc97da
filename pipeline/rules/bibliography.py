"""What a cited work must be, beyond the types and keys of its fields.

The first rule is the proof that nothing was lost: the parsed fields, put together again, are the string as written.
It cannot see a string cut in the wrong place (the pieces fit again all the same): that is for the other rules.
"""

import pandera.polars as pa
import polars as pl

WEBPAGE = pl.col("work_type") == "webpage"
PUBLICATION = ("container_title", "year", "volume", "issue", "locator", "published_date", "doi")
RANGE = r"^([A-Za-z]*)([0-9]+)-([A-Za-z]*)([0-9]+)$"


def citation_renders_back(data: pa.PolarsData) -> pl.LazyFrame:
    """The string rendered from the parsed fields is the string as written, character for character."""
    return data.lazyframe.select(pl.col("_rendered").eq_missing(pl.col("_as_written")))


def webpage_has_publisher_only(data: pa.PolarsData) -> pl.LazyFrame:
    """A web page has a publisher and nothing that journals have; other works name no publisher."""
    bare = pl.all_horizontal(pl.col(name).is_null() for name in PUBLICATION)
    published = pl.col("publisher").is_not_null()
    return data.lazyframe.select(pl.when(WEBPAGE).then(bare & published).otherwise(~published))


def article_has_container(data: pa.PolarsData) -> pl.LazyFrame:
    """An article stands in a journal or magazine."""
    return data.lazyframe.select(WEBPAGE.fill_null(False) | pl.col("container_title").is_not_null())


def journal_article_has_year_and_locator(data: pa.PolarsData) -> pl.LazyFrame:
    """A journal article can be found: it has a year and pages or an article number."""
    found = pl.all_horizontal(pl.col("year", "locator").is_not_null())
    return data.lazyframe.select((pl.col("work_type") != "journal_article").fill_null(True) | found)


def container_title_is_no_date(data: pa.PolarsData) -> pl.LazyFrame:
    """A container title begins with neither a year nor a date of publication."""
    dated = pl.col("container_title").str.contains(r"^(Published )?[0-9]{4}\b")
    return data.lazyframe.select(~dated.fill_null(False))


def locator_fits_type(data: pa.PolarsData) -> pl.LazyFrame:
    """Pages run from a first to a last one with the same letters before them; an article number is one word."""
    first, last = (pl.col("locator").str.extract(RANGE, group).cast(pl.Int64, strict=False) for group in (2, 4))
    letters = pl.col("locator").str.extract(RANGE, 1) == pl.col("locator").str.extract(RANGE, 3)
    number = pl.col("locator").str.contains(r"^[A-Za-z]*[0-9]+[A-Za-z0-9]*$")
    fits = (
        pl.when(pl.col("locator_type") == "pages")
        .then(letters & (first <= last))
        .when(pl.col("locator_type") == "article_number")
        .then(number)
        .otherwise(pl.col("locator").is_null())
    )
    return data.lazyframe.select(fits.fill_null(False))


def title_holds_no_notice(data: pa.PolarsData) -> pl.LazyFrame:
    """No notice about the work is left in its title; the name of a chemical may have brackets."""
    notice = pl.col("title").str.contains(r"(?i)\[[^\]]*(published|correct|retract|errat|withdrawn|concern)")
    return data.lazyframe.select(~notice.fill_null(False))


def et_al_follows_persons(data: pa.PolarsData) -> pl.LazyFrame:
    """Only a list of persons is cut short, and its mark is in no other field."""
    marked = pl.any_horizontal(pl.col("title", "container_title").str.contains(r"(?i)\bet al\b").fill_null(False))
    return data.lazyframe.select(~(marked | (pl.col("et_al") & WEBPAGE).fill_null(False)))


def positions_have_no_gap(data: pa.PolarsData) -> pl.LazyFrame:
    """In each source the positions are 1, 2, 3 … without a gap or a repetition."""
    rank = pl.col("position").rank("ordinal").over("source_id")
    return data.lazyframe.select((rank == pl.col("position")).fill_null(False))


def lines_follow_positions(data: pa.PolarsData) -> pl.LazyFrame:
    """In each source a later reference never stands on an earlier line."""
    before = pl.col("_source_line").shift(1).over("source_id", order_by="position")
    return data.lazyframe.select((before <= pl.col("_source_line")).fill_null(True))


CHECKS = [
    pa.Check(
        citation_renders_back,
        name="citation_renders_back",
        error="expected the parsed fields to give the reference string as written; compare the citation with the "
        "article, and if it stands there so, teach pipeline/tables/bibliography*.sql its form",
    ),
    pa.Check(
        webpage_has_publisher_only,
        name="webpage_has_publisher_only",
        error="expected a web page with a publisher and no container, year, volume, issue, locator, date or DOI, "
        "or another work without publisher; correct work_type or the citation",
    ),
    pa.Check(
        article_has_container,
        name="article_has_container",
        error="expected the title of a journal or magazine after the title; correct the citation, "
        "or set work_type to webpage if it is one",
    ),
    pa.Check(
        journal_article_has_year_and_locator,
        name="journal_article_has_year_and_locator",
        error="expected year;volume(issue):pages or article number, e.g. 2012;120(7):401-404.; correct the citation, "
        "or work_type if this is no journal article",
    ),
    pa.Check(
        container_title_is_no_date,
        name="container_title_is_no_date",
        error="expected the title of a journal or magazine, found a date in its place; "
        "look for a missing title in the citation",
    ),
    pa.Check(
        locator_fits_type,
        name="locator_fits_type",
        error="expected pages such as 401-404, the first not after the last, or one article number such as e144201; "
        "compare the citation with the article",
    ),
    pa.Check(
        title_holds_no_notice,
        name="title_holds_no_notice",
        error="expected the notice in the form [published correction appears in Journal. 2020;13:578] "
        "or [retracted in: …]; compare the citation with the article, "
        "or teach pipeline/tables/bibliography_notices.sql the new wording",
    ),
    pa.Check(
        et_al_follows_persons,
        name="et_al_follows_persons",
        error='expected ", et al" only at the end of a list of persons; compare the citation with the article',
    ),
    pa.Check(
        positions_have_no_gap,
        name="positions_have_no_gap",
        error="expected the positions 1, 2, 3 … of a source without gap or repetition; "
        "add the missing reference or correct its position",
    ),
    pa.Check(
        lines_follow_positions,
        name="lines_follow_positions",
        error="expected a line not before that of the reference above; correct line or position",
    ),
]
