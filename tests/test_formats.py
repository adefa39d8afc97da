"""BibTeX, BibLaTeX, RIS and CSL-JSON: what is written is read again by the parsers that others use."""

from __future__ import annotations

import json

import bibtexparser
import duckdb
import pytest
import rispy
from bibtexparser.middlewares import (
    LatexDecodingMiddleware,
    NormalizeFieldKeys,
    SeparateCoAuthors,
    SplitNameParts,
)  # fmt: skip
from pylatexenc.latex2text import LatexNodes2Text

from fmdata.contract import load_published
from fmdata.references import FORMATS, dataset_item, reference_items, row_item, source_items
from fmdata.references.bibtex import keys

ODD = "50% of {A} & B_c ~ d^2 # $5 \\e “f” <g> 漢 DNA"


@pytest.fixture(scope="module")
def items(db, built, built_meadow):
    package = load_published(built_meadow.folder)
    with duckdb.connect(str(built_meadow.folder / "meadow.duckdb"), read_only=True) as con:
        meadow = reference_items(con, package)
    works = reference_items(db, load_published(built.folder))
    odd = {**dataset_item(package), "id": "odd", "title": ODD, "note": ODD, "issued": {"date-parts": [[2026, 1, 2]]}}
    return [dataset_item(package), *source_items(package), *meadow.values(), *works.values(), odd]


def parsed(text):
    """The entries of a BibTeX text by their keys, each with its type and what its fields say without LaTeX.

    DOI and URL are taken as they stand, as LaTeX takes them.
    """
    read = bibtexparser.parse_string(text, append_middleware=[NormalizeFieldKeys(), LatexDecodingMiddleware()])
    as_they_stand = bibtexparser.parse_string(text)
    assert read.failed_blocks == []
    found = {}
    for entry, verbatim in zip(read.entries, as_they_stand.entries, strict=True):
        fields = {field.key: field.value for field in entry.fields}
        fields |= {field.key: field.value for field in verbatim.fields if field.key in ("doi", "url")}
        found[entry.key] = (entry.entry_type, fields)
    return found


def plain(text):
    """A text as the parsers leave it: quotes and blanks of one kind, and no braces, for which they know no word."""
    for sign, other in (("’", "'"), ("ˆ", "^"), ("“", '"'), ("”", '"'), ("''", '"'), ("{", ""), ("}", "")):
        text = text.replace(sign, other)
    return " ".join(text.split())


@pytest.mark.parametrize("name", ["bibtex", "biblatex"])
def test_bibtex_is_read_as_it_was_written(items, name):
    read = parsed(FORMATS[name](items))
    assert list(read) == keys(items)
    for item, (_, fields) in zip(items, read.values(), strict=True):
        assert plain(fields["title"]) == plain(item["title"])
        assert plain(fields.get("note", "")) == plain(item.get("note", ""))
        assert fields.get("doi") == item.get("DOI")
        assert fields.get("url") == item.get("URL")
        assert fields.get("volume") == item.get("volume") and fields.get("number") == item.get("issue")
        assert fields.get("year", fields.get("date", ""))[:4] == "".join(map(str, _year(item)))


def _year(item):
    return item.get("issued", {}).get("date-parts", [[]])[0][:1]


@pytest.mark.parametrize("name", ["bibtex", "biblatex"])
def test_names_are_read_as_they_were_written(items, name):
    read = bibtexparser.parse_string(FORMATS[name](items), append_middleware=[SeparateCoAuthors(), SplitNameParts()])
    latex = LatexNodes2Text().latex_to_text
    for item, entry in zip(items, read.entries, strict=True):
        names = [
            (" ".join([*one.von, *one.last]), " ".join(one.first))
            for one in (entry.fields_dict["author"].value if "author" in entry.fields_dict else [])
        ]
        wanted = [(one.get("literal", one.get("family")), one.get("given", "")) for one in item.get("author", [])]
        read_names = [tuple(plain(latex(part)) for part in one) for one in names]
        assert read_names == [tuple(map(plain, one)) for one in wanted]


def test_types_and_fields_that_differ(items):
    bibtex, biblatex = (parsed(FORMATS[name](items)) for name in ("bibtex", "biblatex"))
    kind, fields = bibtex["meadow-0.1.0"]
    assert kind == "misc" and fields["howpublished"] == "Data set, version 0.1.0, Meadow Press"
    kind, fields = biblatex["meadow-0.1.0"]
    assert kind == "dataset" and (fields["version"], fields["publisher"]) == ("0.1.0", "Meadow Press")
    assert bibtex["odd"][1]["month"] == "jan" and biblatex["odd"][1]["date"] == "2026-01-02"
    kinds = {key: (bibtex[key][0], biblatex[key][0]) for key in bibtex if key.startswith("meadow-")}
    assert kinds == {
        "meadow-0.1.0": ("misc", "dataset"), "meadow-source-1": ("misc", "online"), "meadow-source-2": ("misc", "misc"),
        "meadow-flora": ("book", "book"), "meadow-walk": ("misc", "online"), "meadow-clover": ("article", "article"),
        "meadow-bees": ("article", "article"),
    }  # fmt: skip
    assert bibtex["fmdata-ref-04"][1]["pages"] == "369–378" == biblatex["fmdata-ref-04"][1]["pages"]
    assert bibtex["fmdata-ref-01"][1]["pages"] == "e144201" == biblatex["fmdata-ref-01"][1]["eid"]
    assert "pages" not in biblatex["fmdata-ref-01"][1]
    assert biblatex["fmdata-ref-17"][1]["entrysubtype"] == "magazine"


def test_latex_is_told_what_it_would_misread(items):
    bibtex, biblatex = FORMATS["bibtex"](items), FORMATS["biblatex"](items)
    assert r"author = {B{\"a}ckryd, E. and Tanum, L. and Lind, A. L." in bibtex
    assert "author = {Bäckryd, E. and Tanum, L." in biblatex
    assert "Goebel, A. and Krock, E. and Gentry, C. and others" in bibtex
    assert "author = {{O'Brien and Sons}, Mary}" in bibtex.replace(r"{\textquoteright}", "'")
    assert r"{\ensuremath{\beta}}2- and {\ensuremath{\beta}}3-adrenergic" in bibtex
    assert r"A flora of {\textbraceleft}wet{\textbraceright} meadows \& 100\% dry\_ones" in biblatex
    ascii_but_one = {sign for sign in bibtex if ord(sign) > 127}
    assert ascii_but_one == {"漢"}, "LaTeX has a word for every other letter here"
    assert all(text.count("{") == text.count("}") for text in (bibtex, biblatex))


def test_capitals_that_are_to_stay(items):
    text = FORMATS["biblatex"](items)
    for kept in (
        "{GM3} synthase",
        "using {[11C]-(R)-PK11195} {PET}",
        "of {T} cell",
        "Peripheral {B-Lymphocytes}",
    ):
        assert kept in text
    assert "title = {Association between thyroid" in text and "Interferon Signatures in" in text


def test_ris_is_read_as_it_was_written(items):
    text = FORMATS["ris"](items)
    assert text.startswith("TY  - DATA\n") and "\n1." not in text
    read = rispy.loads(text)
    assert [one["id"] for one in read] == [item["id"] for item in items]
    for item, one in zip(items, read, strict=True):
        assert one["title"] == " ".join(item["title"].split())
        assert one.get("doi") == item.get("DOI")
        assert one.get("urls", []) == ([item["URL"].replace(";", "%3B")] if "URL" in item else [])
        assert one.get("year", "") == "".join(map(str, _year(item)))
        assert "-".join(filter(None, [one.get("start_page"), one.get("end_page")])) == item.get("page", "")
    by_id = {one["id"]: one for one in read}
    assert by_id["fmdata-ref-01"]["authors"] == ["Goebel, A.", "Krock, E.", "Gentry, C."]
    assert by_id["fmdata-ref-01"]["notes"] == ["The list of authors is cut (et al.)."]
    assert by_id["odd"]["date"] == "2026/01/02/" and by_id["odd"]["edition"] == "0.1.0"
    kinds = {one["type_of_reference"] for one in read}
    assert kinds == {"DATA", "JOUR", "MGZN", "ELEC", "BOOK", "GEN"}


def test_csl_json_is_the_items(items):
    assert json.loads(FORMATS["csl"](items)) == items


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_items_give_the_same_text(items, name):
    assert FORMATS[name](items) == FORMATS[name](items)
    assert FORMATS[name](items).endswith("\n") and FORMATS[name]([]) is not None


def test_keys_are_such_as_bibtex_reads_and_no_two_alike(built_meadow):
    package = load_published(built_meadow.folder)
    rows = [row_item(package, "plants", key) for key in ("a b", "a,b", "A}b", "ä")]
    first = "meadow-0.1.0-plants-a-b"
    assert keys(rows) == [first, f"{first}-2", "meadow-0.1.0-plants-A-b-3", "meadow-0.1.0-plants--"]
    assert list(parsed(FORMATS["bibtex"](rows))) == keys(rows)
