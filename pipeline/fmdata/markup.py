"""Text without what some copies put between its words: tags, addresses of links, marks of notes, broken words."""

from __future__ import annotations

import html
import re

_BETWEEN = re.compile(
    r"<!--.*?-->|<https?://[^<>\s]*>|</?[A-Za-z][^<>]*>|\(https?://[^()\s]*\)|\[\d{1,3}\]|[¹²³⁰⁴-⁹]+|\u200b", re.DOTALL
)
# None of the above, and none of what follows, is in a text without one of these.
_SIGNS = re.compile(r"[<&¹²³⁰⁴-⁹\u200b]|\]\(|\[\d|-\n|\(http")
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()\s]*\)")
_BROKEN = re.compile(r"(\w)-\n(\s*)(\w+)")
_EMPHASIS = re.compile(r"(?<!\w)[*_]{1,3}(?=\w)|(?<=\w)[*_]{1,3}(?!\w)")
_BULLET = re.compile(r"(?m)^\s*[-+o\uf0b7]\s+(?=\S)")


def unmarked(text: str) -> str:
    """`text` as a reader sees it, its lines kept: no tags, addresses, character references or marks of notes.

    A word that is broken at the end of a line stands whole on that line.
    """
    if not _SIGNS.search(text):
        return text
    found = html.unescape(_BETWEEN.sub(" ", _LINK.sub(r"\1", text)))
    return _BROKEN.sub(r"\1\3\n\2", found)


def plain(text: str) -> str:
    """`text` unmarked, and without signs of emphasis and bullets of other kinds."""
    return _BULLET.sub("", _EMPHASIS.sub("", unmarked(text)))
