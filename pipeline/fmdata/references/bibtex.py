"""BibTeX and BibLaTeX, written by bibtexparser, what LaTeX would misread escaped by pylatexenc.

BibTeX is given ASCII wherever LaTeX has a word for a letter; BibLaTeX reads UTF-8, and only LaTeX's own signs are
escaped. Braces keep capitals that a style would lower: those within a word, and those of names in a title that has few.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from fmdata.references.cited import OTHERS
from fmdata.references.items import Item

_Encode = Callable[[str], str]
_Field = tuple[str, str]
_BIBTEX = {
    "article-journal": "article",
    "article-magazine": "article",
    "article-newspaper": "article",
    "book": "book",
    "chapter": "incollection",
    "paper-conference": "inproceedings",
    "report": "techreport",
    "thesis": "phdthesis",
}
_BIBLATEX = {
    **_BIBTEX,
    "article": "online",
    "dataset": "dataset",
    "legislation": "legislation",
    "report": "report",
    "software": "software",
    "thesis": "thesis",
    "webpage": "online",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SIGNS = re.compile(r"[\\{}$&#%_^~]")
# No brace may stand alone in a field, not even behind a backslash.
_ESCAPED = {
    "\\": r"{\textbackslash}", "{": r"{\textbraceleft}", "}": r"{\textbraceright}", "^": r"{\textasciicircum}",
    "~": r"{\textasciitilde}",
}  # fmt: skip


def bibtex(items: Sequence[Item]) -> str:
    """The items as a BibTeX file, in ASCII as far as LaTeX has a word for each letter."""
    return _written(items, _BIBTEX, _in_bibtex, _encoder())


def biblatex(items: Sequence[Item]) -> str:
    """The items as a BibLaTeX file, in UTF-8."""
    return _written(items, _BIBLATEX, _in_biblatex, _escaped)


def keys(items: Sequence[Item]) -> list[str]:
    """The keys of items: their ids, with a hyphen for what no key can have; of those that are alike, all but one are
    numbered.
    """
    found: dict[str, str] = {}
    for item in items:
        key = again = re.sub(r"[^A-Za-z0-9._:/+-]+", "-", str(item["id"]))
        number = 1
        while again.lower() in found:
            number += 1
            again = f"{key}-{number}"
        found[again.lower()] = again
    return list(found.values())


def _written(
    items: Sequence[Item],
    types: dict[str, str],
    own: Callable[[Item, str, _Encode], Iterator[_Field]],
    encode: _Encode,
) -> str:
    """The text of entries with the fields that both formats have, and those of one."""
    from bibtexparser import BibtexFormat, Library, write_string
    from bibtexparser.model import Entry, Field

    entries = []
    for key, item in zip(keys(items), items, strict=True):
        kind = types.get(item["type"], "misc")
        fields = [*_common(item, encode), *own(item, kind, encode), *_addresses(item)]
        found = [Field(word, text, enclosing="no-enclosing" if word == "month" else None) for word, text in fields]
        entries.append(Entry(kind, key, found))
    layout = BibtexFormat()
    layout.indent, layout.block_separator, layout.trailing_comma = "  ", "\n", True
    return str(write_string(Library(entries), bibtex_format=layout))


def _common(item: Item, encode: _Encode) -> Iterator[_Field]:
    if names := item.get("author"):
        yield "author", " and ".join("others" if name == OTHERS else _name(name, encode) for name in names)
    if title := item.get("title"):
        yield "title", _title(title, encode)
    for word, field in (("volume", "volume"), ("issue", "number"), ("note", "note")):
        if word in item:
            yield field, encode(str(item[word]))


def _in_bibtex(item: Item, kind: str, encode: _Encode) -> Iterator[_Field]:
    """What BibTeX has its own words for; a dataset is `misc`, which says of it how it was published."""
    if container := item.get("container-title"):
        yield "journal" if kind == "article" else "booktitle", encode(container)
    parts = _parts(item)
    if parts:
        yield "year", str(parts[0])
    if len(parts) > 1:
        yield "month", _MONTHS[parts[1] - 1]
    if page := item.get("page"):
        yield "pages", encode(page.replace("-", "--"))
    if publisher := item.get("publisher"):
        own = {"techreport": "institution", "phdthesis": "school", "misc": ""}.get(kind, "publisher")
        if own:
            yield own, encode(publisher)
    if kind == "misc":
        version = f"version {item['version']}" if "version" in item else None
        how = ", ".join(filter(None, [item.get("genre"), version, item.get("publisher")]))
        if how:
            yield "howpublished", encode(how)


def _in_biblatex(item: Item, kind: str, encode: _Encode) -> Iterator[_Field]:
    if container := item.get("container-title"):
        yield "journaltitle" if kind == "article" else "booktitle", encode(container)
    if item["type"] in ("article-magazine", "article-newspaper"):
        yield "entrysubtype", item["type"].removeprefix("article-")
    if parts := _parts(item):
        yield "date", "-".join(f"{part:02}" for part in parts)
    if number := item.get("number"):
        yield "eid", encode(number)
    elif page := item.get("page"):
        yield "pages", encode(page.replace("-", "--"))
    if publisher := item.get("publisher"):
        yield "institution" if kind in ("report", "thesis") else "publisher", encode(publisher)
    if version := item.get("version"):
        yield "version", encode(version)
    if genre := item.get("genre"):
        yield "howpublished", encode(genre)


def _addresses(item: Item) -> Iterator[_Field]:
    """DOI and URL are read as they stand, so that nothing in them is escaped but what would end the field."""
    for word in ("DOI", "URL"):
        if word in item:
            yield word.lower(), re.sub(r"[{}\\\s]", lambda sign: f"%{ord(sign[0]):02X}", item[word])


def _parts(item: Item) -> list[int]:
    """Year, month and day of an item, as far as they are known."""
    found: list[int] = item.get("issued", {}).get("date-parts", [[]])[0]
    return found


def _name(name: Item, encode: _Encode) -> str:
    """A name, its parts told apart; braces keep together what is none of a person."""
    if "literal" in name:
        return "{" + encode(name["literal"]) + "}"
    family = name["family"]
    parted = "," in family or " and " in f" {family.lower()} "
    whole = "{" + encode(family) + "}" if parted else encode(family)
    return f"{whole}, {encode(name['given'])}" if "given" in name else "{" + encode(family) + "}"


def _title(title: str, encode: _Encode) -> str:
    """A title, the words in braces whose capitals are to stay."""
    words = title.split()
    capitals = [word for word in words[1:] if word[:1].isupper()]
    few = 2 * len(capitals) < len(words)
    return " ".join(_kept(word, encode, few and number > 0) for number, word in enumerate(words))


def _kept(word: str, encode: _Encode, name: bool) -> str:
    """A word of a title, in braces if it has a capital within, or is one, or begins with that of a `name`."""
    letters = [letter for letter in word if letter.isalpha()]
    within = any(letter.isupper() for letter in letters[1:]) or (len(letters) == 1 and letters != ["A"])
    begins = bool(letters) and letters[0].isupper()
    keep = (within and any(letter.isupper() for letter in letters)) or (name and begins)
    return "{" + encode(word) + "}" if keep else encode(word)


def _escaped(text: str) -> str:
    return _SIGNS.sub(lambda sign: _ESCAPED.get(sign[0], f"\\{sign[0]}"), text)


@cache
def _encoder() -> _Encode:
    """What writes a text in ASCII for LaTeX; a letter that LaTeX has no word for stays as it is."""
    from pylatexenc.latexencode import RULE_DICT, UnicodeToLatexConversionRule, UnicodeToLatexEncoder

    braces = UnicodeToLatexConversionRule(RULE_DICT, {ord(sign): _ESCAPED[sign][1:-1] for sign in "{}"})
    encoder = UnicodeToLatexEncoder(
        conversion_rules=[braces, "defaults"],
        replacement_latex_protection="braces-all",
        unknown_char_policy="keep",
        unknown_char_warning=False,
    )
    return lambda text: str(encoder.unicode_to_latex(text))
