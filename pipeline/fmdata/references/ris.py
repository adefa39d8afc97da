"""RIS: one tag a line, without any markup; written by rispy.

RIS has no word for a list of authors that is cut; a note says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fmdata.about import given
from fmdata.references.cited import OTHERS
from fmdata.references.items import Item

_TYPES = {
    "article": "UNPB",
    "article-journal": "JOUR",
    "article-magazine": "MGZN",
    "article-newspaper": "NEWS",
    "book": "BOOK",
    "chapter": "CHAP",
    "dataset": "DATA",
    "legislation": "STAT",
    "paper-conference": "CPAPER",
    "report": "RPRT",
    "software": "COMP",
    "thesis": "THES",
    "webpage": "ELEC",
}
CUT = "The list of authors is cut (et al.)."


def ris(items: Sequence[Item]) -> str:
    """The items as an RIS file."""
    import rispy

    class Writer(rispy.RisWriter):  # type: ignore[misc]
        """The writer of rispy without a number before each reference, which no reader but its own expects."""

        def set_header(self, count: int) -> str:
            return ""

    return str(rispy.dumps([_reference(item) for item in items], implementation=Writer))


def _reference(item: Item) -> dict[str, Any]:
    """An item by the words that rispy has for the tags."""
    names = item.get("author", [])
    first, _, last = item.get("page", "").partition("-")
    parts = item.get("issued", {}).get("date-parts", [[]])[0]
    notes = [*([item["note"]] if "note" in item else []), *([CUT] if OTHERS in names else [])]
    found = {
        "type_of_reference": _TYPES.get(item["type"], "GEN"),
        "id": item["id"],
        "authors": [_line(_name(name)) for name in names if name != OTHERS],
        "title": item.get("title"),
        "secondary_title": item.get("container-title"),
        "year": str(parts[0]) if parts else None,
        # Year, month, day and something else, each ended by a slash.
        "date": "/".join(f"{part:02}" for part in parts) + "/" * (4 - len(parts)) if len(parts) > 1 else None,
        "volume": item.get("volume"),
        "number": item.get("issue"),
        "start_page": first,
        "end_page": last,
        "custom7": item.get("number"),
        "edition": item.get("version"),
        "type_of_work": item.get("genre"),
        "publisher": item.get("publisher"),
        "doi": item.get("DOI"),
        # A semicolon would part one address from the next.
        "urls": [item["URL"].replace(";", "%3B")] if "URL" in item else [],
        "notes": [_line(note) for note in notes],
    }
    return {word: _line(value) if isinstance(value, str) else value for word, value in given(found).items()}


def _name(name: Item) -> str:
    return str(name["literal"]) if "literal" in name else ", ".join(filter(None, [name["family"], name.get("given")]))


def _line(text: str) -> str:
    """A text in one line, which is all that a tag can have."""
    return " ".join(text.split())
