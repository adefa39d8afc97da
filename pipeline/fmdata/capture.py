"""The captured text of a source: its lines, the places in it, and their sentences.

Offsets are Unicode code points from the beginning of the text, half-open; lines count from 1.
"""

from __future__ import annotations

import bisect
import hashlib
import itertools
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from fmdata.errors import FmdataError
from fmdata.tokens import BULLETS, UTF16

# What stands before the words of a list item: it is lost in many copies, so no place begins with it.
_MARK = re.compile(rf"\s*(?:[{BULLETS}*–-]\s+|\d{{1,3}}[.)]\s+)?")
_END = re.compile(r"\r\n|\r|\n")
_HTML = re.compile(r"\s*<(?:\?xml|!--|!doctype|(?:html|head|body|article|section|div|p)\b)", re.IGNORECASE)


@dataclass(frozen=True)
class Capture:
    """A text as captured: the bytes' SHA-256 and number, and the text they spell."""

    sha256: str
    size: int
    text: str

    @cached_property
    def lines(self) -> list[str]:
        """The physical lines, blank ones too, without their ends; after the last end there is none, unless of words."""
        found = _END.split(self.text)
        return found if found[-1] else found[:-1]

    @cached_property
    def starts(self) -> list[int]:
        """Where each line begins."""
        return [0, *(end.end() for end in _END.finditer(self.text))][: len(self.lines)]

    def line_at(self, offset: int) -> int:
        """The number of the line that holds a character."""
        return bisect.bisect_right(self.starts, offset)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where the words of lines `first` to `last` begin and end: without blanks around them or a list's mark."""
        start = self.starts[first - 1]
        end = self.starts[last - 1] + len(self.lines[last - 1])
        text = self.text[start:end]
        begin = _MARK.match(text).end()  # type: ignore[union-attr]
        return start + begin, start + max(len(text.rstrip()), begin)

    def sentences(self, first: int, last: int) -> list[tuple[int, int]]:
        """Where each sentence of lines `first` to `last` begins and ends, as Unicode Standard Annex 29 parts them."""
        from uniseg.sentencebreak import sentences

        start, end = self.span(first, last)
        # A line end parts sentences there, but not in a text that is wrapped.
        text = re.sub(r"[\r\n\v\f\x85\u2028\u2029]", " ", self.text[start:end])
        pieces = list(sentences(text))
        ends = list(itertools.accumulate(map(len, pieces)))
        found = [
            (end - len(piece.lstrip()), end - len(piece) + len(piece.rstrip()))
            for piece, end in zip(pieces, ends, strict=True)
        ]
        return [(start + a, start + b) for a, b in found if a < b]


def read_capture(path: Path) -> Capture:
    """The capture in a file of UTF-8 text (or UTF-16 with its mark). Raises `FmdataError` for anything else."""
    data = path.read_bytes()
    encoding = "utf-16" if data.startswith(UTF16) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        found = f"{path}: not {encoding.removesuffix('-sig').upper()} text (byte {error.start})"
        raise FmdataError(f"{found}; expected the article as plain text in UTF-8. Save it as such.") from None
    if "\0" in text:
        raise FmdataError(f"{path}: this is no text; expected the article as plain text in UTF-8. Save it as such.")
    if _HTML.match(text):
        raise FmdataError(f"{path}: found HTML; expected plain text. Open it in a browser and save it as text.")
    if not text.strip():
        raise FmdataError(f"{path}: there is no text in it; expected the article as plain text.")
    return Capture(hashlib.sha256(data).hexdigest(), len(data), text)
