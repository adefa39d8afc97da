"""The references; and the release beside what it was taken from, the article and the verified mappings, if at hand."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter

import pytest

from conftest import ROOT

SOURCE = "holistic-pulse-2024"
VOCABULARIES = ROOT.parent / "shared" / "vocabularies"


def positions(values, condition):
    sql = f"SELECT position FROM bibliography WHERE {condition} AND source_id = ? ORDER BY position"
    return values(sql, SOURCE)


def test_references(values):
    assert positions(values, "true") == list(range(1, 30))
    assert positions(values, "doi IS NULL") == [3, 17, 24, 25, 26]
    dois = values("SELECT doi FROM bibliography WHERE doi IS NOT NULL AND source_id = ?", SOURCE)
    assert len(set(dois)) == 24 and all(doi == doi.lower() for doi in dois)
    assert positions(values, "et_al") == [1, 7, 10, 11, 13, 15, 22]
    assert positions(values, "locator_type = 'article_number'") == [1, 2, 5, 7, 8, 9, 15, 18, 22]
    assert positions(values, "locator_type = 'pages'") == [4, 6, *range(10, 15), 16, 19, 20, 21, 23, 27, 28, 29]
    assert positions(values, "issue IS NULL AND year IS NOT NULL") == [5, 7, 8, 9, 12, 13, 18, 21, 23]
    assert positions(values, "work_type = 'webpage'") == [3, 24, 25, 26]
    assert positions(values, "work_type = 'magazine_article'") == [17]


def test_notices(ask):
    found = ask(
        "SELECT n.reference_id, CAST(notice_type AS VARCHAR), n.container_title, n.year, n.volume, n.issue, n.locator "
        "FROM bibliography_notices n JOIN bibliography USING (reference_id) WHERE source_id = ? ORDER BY reference_id",
        SOURCE,
    )
    assert found == [
        ("ref-09", "correction", "Front Cell Neurosci", 2020, "13", None, "578"),
        ("ref-27", "correction", "JAMA Neurol", 2019, "76", "12", "1520"),
    ]


def imprint(work):
    """year;volume(issue):locator. of a work or a notice."""
    return (
        f"{work['year']};{work['volume'] or ''}"
        + (f"({work['issue']})" if work["issue"] else "")
        + f":{work['locator']}"
    )


def rendered(work, authors, notices):
    """A reference put together from its published fields, in the manner of the article's list."""
    names = [a["organization"] or f"{a['family_name']} {a['initials']}" for a in authors]
    text = ", ".join([*names, "et al"] if work["et_al"] else names) + f". {work['title']}"
    for notice in notices:
        word = {"correction": "published correction appears in", "retraction": "retracted in:"}[notice["notice_type"]]
        text += f" [{word} {notice['container_title']}. {imprint(notice)}]"
    text += "" if text.endswith("?") else "."
    text += f" {work['container_title']}." if work["container_title"] else ""
    text += f" {imprint(work)}." if work["year"] else ""
    text += f" Published {work['published_date']:%Y %b %-d}." if work["published_date"] else ""
    return text + (f" doi:{work['doi']}" if work["doi"] else "")


def test_references_render_to_the_lines_of_the_article(db, article):
    def rows(sql, *parameters):
        found = db.execute(sql, parameters)
        return [dict(zip([c[0] for c in found.description], row, strict=True)) for row in found.fetchall()]

    authors = rows("FROM bibliography_authors ORDER BY reference_id, position")
    notices = rows("FROM bibliography_notices ORDER BY reference_id, position")
    works = rows(
        "SELECT b.*, p.line_start FROM bibliography b JOIN passages p USING (passage_id) WHERE b.source_id = ?", SOURCE
    )
    assert len(works) == sum(bool(re.match(r"\s+\d+\. ", line)) for line in article) == 29
    for work in works:
        own = [[row for row in found if row["reference_id"] == work["reference_id"]] for found in (authors, notices)]
        line = f"  {work['position']}. {rendered(work, *own)}"
        # A DOI's capitals mean nothing, and a no-break space is a space.
        written, _, doi = article[work["line_start"]].replace("\xa0", " ").partition(" doi:")
        assert line == written + (f" doi:{doi.lower()}" if doi else "")


def test_the_capture_is_the_article(ask, article):
    text = "\n".join(article[1:]).encode("utf-8")
    expected = (hashlib.sha256(text).hexdigest(), len(text), len(article) - 1)
    assert ask("SELECT capture_sha256, capture_bytes, capture_lines FROM sources WHERE source_id = ?", SOURCE) == [
        expected
    ]


def test_the_ledger_accounts_for_every_line(values, article):
    ledger = values("SELECT line_number FROM source_lines WHERE source_id = ? ORDER BY line_number", SOURCE)
    assert ledger == [number for number, line in enumerate(article) if line.strip()]
    assert values("SELECT line_number FROM source_lines WHERE status <> 'extracted' AND reason IS NULL") == []


def test_headings_stand_on_the_first_line_of_their_section(ask, article):
    written = ask(
        "SELECT line_start, heading FROM sections WHERE heading_origin = 'as_written' AND source_id = ?", SOURCE
    )
    assert [(line, article[line]) for line, _ in written] == written
    assert [heading for _, heading in written].count("Diagnosis and Treatment") == 3


def test_cells_rest_on_words_that_stand_where_they_say(ask, article):
    """The words that every verbatim, split or normalised cell rests on stand in their place letter for letter."""
    text = "\n".join(article[1:])
    cells = ask(
        "SELECT table_name, row_key, column_name, as_written, char_start, char_end "
        "FROM provenance JOIN passages USING (passage_id) WHERE as_written IS NOT NULL AND source_id = ?",
        SOURCE,
    )
    due = ask(
        "SELECT count(*) FROM provenance JOIN passages USING (passage_id) "
        "WHERE derivation NOT IN ('inferred', 'curated') AND source_id = ?",
        SOURCE,
    )
    assert [(len(cells),)] == due != [(0,)]
    assert [cell for cell in cells if cell[3] not in text[slice(*cell[4:])]] == []


def test_mappings_carry_over_whole(ask):
    if not VOCABULARIES.exists():
        pytest.skip("the verified mappings are not here: this check needs ../shared/vocabularies")
    # A comment may be reworded by a curator, but none is lost and none is added.
    columns = ["subject_label", "predicate_modifier", "predicate_id", "object_id", "object_label"]
    columns += ["mapping_justification"]
    verified = Counter()
    for file in ("mappings.sssom.tsv", "negative.sssom.tsv"):
        text = (VOCABULARIES / file).read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            verified[(*(row.get(column) or "" for column in columns), bool(row["comment"]))] += 1
    texts = ", ".join(f"coalesce(CAST({column} AS VARCHAR), '')" for column in columns)
    found = Counter(ask(f"SELECT {texts}, comment IS NOT NULL FROM entity_mappings"))
    assert sum(row[1] == "Not" for row in found.elements()) == sum(row[1] == "Not" for row in verified.elements()) > 0
    assert found == verified
