"""What an author of a cited work must be: a person or an organization, in a place of its own."""

import pandera.polars as pa
import polars as pl


def author_is_person_or_organization(data: pa.PolarsData) -> pl.LazyFrame:
    """A person has a family name and initials, an organization its name; nobody is both or neither."""
    family, initials, organization = (
        pl.col(name).is_not_null() for name in ("family_name", "initials", "organization")
    )
    return data.lazyframe.select((family == initials) & (family != organization))


def family_name_is_of_one_person(data: pa.PolarsData) -> pl.LazyFrame:
    """No family name holds a second person: an "and", or the initials of somebody before it."""
    second = pl.col("family_name").str.contains(r" (and|und|et|&) |^\p{Lu}{1,4} | \p{Lu}{1,4}( |$)")
    return data.lazyframe.select(~second.fill_null(False))


def organization_is_no_person(data: pa.PolarsData) -> pl.LazyFrame:
    """The organization behind a web page is not written like a person (one name and one or two initials)."""
    person = pl.col("organization").str.contains(r"^[\p{L}'’-]+ \p{Lu}{1,2}(,|$)|(?i)\bet al\b")
    return data.lazyframe.select(~person.fill_null(False))


def author_positions_have_no_gap(data: pa.PolarsData) -> pl.LazyFrame:
    """In each reference the positions are 1, 2, 3 … without a gap or a repetition."""
    rank = pl.col("position").rank("ordinal").over("reference_id")
    return data.lazyframe.select((rank == pl.col("position")).fill_null(False))


CHECKS = [
    pa.Check(
        author_is_person_or_organization,
        name="author_is_person_or_organization",
        error='expected persons such as "Inanici F, Yunus MB" or, for a web page, one organization; compare the '
        "citation with the article, and if it stands there so, teach pipeline/tables/bibliography_authors.sql its form",
    ),
    pa.Check(
        family_name_is_of_one_person,
        name="family_name_is_of_one_person",
        error="expected a comma between two authors, found two of them in one family name; "
        "compare the citation with the article",
    ),
    pa.Check(
        organization_is_no_person,
        name="organization_is_no_person",
        error="expected an organization before the title of a web page, found what looks like a person; "
        "correct work_type, or teach pipeline/tables/bibliography_authors.sql web pages by persons",
    ),
    pa.Check(
        author_positions_have_no_gap,
        name="author_positions_have_no_gap",
        error="expected the positions 1, 2, 3 … of a reference without gap or repetition; "
        "correct pipeline/tables/bibliography_authors.sql",
    ),
]
