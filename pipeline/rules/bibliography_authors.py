"""What an author of a cited work must be: a person or an organization, in a place of its own."""

import polars as pl

from fmdata.checks import numbered_without_gap, row_rule, table_rule

FAMILY, INITIALS, ORGANIZATION = (pl.col(name).is_not_null() for name in ("family_name", "initials", "organization"))

CHECKS = [
    row_rule(
        "author_is_person_or_organization",
        (FAMILY == INITIALS) & (FAMILY != ORGANIZATION),
        'expected persons such as "Inanici F, Yunus MB" or, for a web page, one organization; compare the citation with the article, and if it stands there so, teach pipeline/tables/bibliography_authors.sql its form',
    ),
    # A second person shows by an "and", or by the initials of somebody before it.
    row_rule(
        "family_name_is_of_one_person",
        ~pl.col("family_name").str.contains(r" (and|und|et|&) |^\p{Lu}{1,4} | \p{Lu}{1,4}( |$)").fill_null(False),
        "expected a comma between two authors, found two of them in one family name; compare the citation with the article",
    ),
    # A person is written as one name and one or two initials.
    row_rule(
        "organization_is_no_person",
        ~pl.col("organization").str.contains(r"^[\p{L}'’-]+ \p{Lu}{1,2}(,|$)|(?i)\bet al\b").fill_null(False),
        "expected an organization before the title of a web page, found what looks like a person; correct work_type, or teach pipeline/tables/bibliography_authors.sql web pages by persons",
    ),
    table_rule(
        "author_positions_have_no_gap",
        numbered_without_gap("position", within="reference_id"),
        "expected the positions 1, 2, 3 … of a reference without gap or repetition; correct pipeline/tables/bibliography_authors.sql",
    ),
]
