"""Whether those to be credited are told so that catalogues can: contributors, sources and the sources' authors."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from typing import Any

from fmdata.contract.pointers import Fault, Pointer

# What names an author: a name as a whole, or the parts of a person's name.
_NAMES = ("title", "givenName", "familyName")
_AUTHOR = (*_NAMES, "path", "email", "organization")
# What is looked at wherever there are such items stands in lint.py.
_ITEM = ("givenName", "familyName", "type", "date", "publisher", "description")
# The types of references in the Citation File Format 1.2.0.
TYPES = frozenset({
    "art", "article", "audiovisual", "bill", "blog", "book", "catalogue", "conference", "conference-paper", "data",
    "database", "dictionary", "edited-work", "encyclopedia", "film-broadcast", "generic", "government-document",
    "grant", "hearing", "historical-work", "legal-case", "legal-rule", "magazine-article", "manual", "map",
    "multimedia", "music", "newspaper-article", "pamphlet", "patent", "personal-communication", "proceedings", "report",
    "serial", "slides", "software", "software-code", "software-container", "software-executable",
    "software-virtual-machine", "sound-recording", "standard", "statute", "thesis", "unpublished", "video", "website",
})  # fmt: skip


def lint_credits(descriptor: dict[str, Any]) -> Iterator[Fault]:
    """What is amiss in the words about contributors and sources that are there."""
    for key in ("contributors", "sources"):
        items = descriptor.get(key, [])
        for index, item in enumerate(items if isinstance(items, list) else []):
            if isinstance(item, dict):
                yield from _texts((key, index), item, _ITEM)
                if key == "sources":
                    yield from _source((key, index), item)


def _texts(at: Pointer, item: dict[str, Any], words: Sequence[str]) -> Iterator[Fault]:
    for word in words:
        if not isinstance(item.get(word, ""), str):
            yield Fault((*at, word), f"{item[word]!r} is not a text", "text")


def _source(at: Pointer, source: dict[str, Any]) -> Iterator[Fault]:
    kind, date = source.get("type", "generic"), source.get("date", "2024")
    if isinstance(kind, str) and kind not in TYPES:
        expected = "a type of the Citation File Format, e.g. article, book, report, website"
        yield Fault((*at, "type"), f'"{kind}" is no type of source', expected)
    if isinstance(date, str) and not _is_date(date):
        yield Fault((*at, "date"), f'"{date}" is not a date', "YYYY, YYYY-MM or YYYY-MM-DD")
    authors = source.get("authors", [])
    if not isinstance(authors, list):
        yield Fault((*at, "authors"), f"{authors!r} is not a list", "a list of objects")
        return
    for number, author in enumerate(authors):
        if not isinstance(author, dict) or not any(author.get(word) for word in _NAMES):
            yield Fault((*at, "authors", number), "it names nobody", f"an object with {' or '.join(_NAMES)}")
        else:
            yield from _texts((*at, "authors", number), author, _AUTHOR)


def _is_date(text: str) -> bool:
    if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", text):
        return False
    try:
        datetime.date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return False
    return True
