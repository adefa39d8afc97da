"""Extracts in blocks of whole records, with a quick proof that a block's bytes are sound.

The proof counts what is below the space, and looks at what stands on either side of each quote: around a
quoted cell there are commas and line feeds, within it quotes are doubled. It costs a twentieth of a full look. A block
it does not prove is not wrong yet: `gate` and `structure` look at the whole file then and say what is wrong, and where.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from fmdata.extracts.gate import MAX_LINE, blank_line, header_of

BLOCK = 3 << 23
# What is looked at together, so that it stays near the processor.
_CHUNK = 1 << 18
_FEED, _SPACE, _QUOTE, _COMMA = b'\n ",'
# UTF-8 begins characters from U+0300 on with such a byte or a greater one. Text without is in Unicode form NFC, which
# is slow to ask: the first character that joins with another is U+0300.
_JOINING = 0xCC
_HIGH_CONTROL = re.compile(rb"\xc2[\x80-\x9f]")


@dataclass(frozen=True)
class Part:
    """Whole records of one file, whose bytes are sound if their number is that of the line feeds outside of cells.

    `file` is its number among the extract's, `start` the place of the first byte in it, `line` the physical line of the
    first record. `feeds` is the number of line feeds, those within cells included, and of control characters, if there
    are any. `quotes` are the places of the quotes in `body`.
    """

    file: int
    start: int
    line: int
    body: bytes
    feeds: int
    quotes: npt.NDArray[np.int64]

    def quoting(self) -> int:
        """How many bytes are quotes that quote: all but one of each two that stand for one."""
        doubled = np.count_nonzero(self.quotes[2::2] - self.quotes[1:-1:2] == 1)
        return len(self.quotes) - int(doubled)

    def quotes_nothing(self) -> bool:
        """Whether a cell may be empty between its quotes: where one closes just behind one that opens."""
        return bool((self.quotes[1::2] - self.quotes[0::2] == 1).any())

    def breaks(self) -> int:
        """How many of the line feeds are within cells."""
        if not len(self.quotes):
            return 0
        feeds = np.flatnonzero(np.frombuffer(self.body, np.uint8) == _FEED)
        passed = np.searchsorted(feeds, self.quotes)
        return int((passed[1::2] - passed[0::2]).sum())


def read_blocks(
    texts: Mapping[str, Path], header: list[str], doubted: list[str], longest: int = MAX_LINE
) -> Iterator[list[Part]]:
    """The records of files in their order, about `BLOCK` bytes at a time, small files together.

    No line has more than `longest` bytes, no record more than twice as many.

    `texts` says for each file where its CSV text is. A file that is not proved sound goes to `doubted`, and no more of
    it is read. Open is whether its bytes are UTF-8, how many records and cells there are, and so whether all that
    counts as line feed is one.
    """
    gathered: list[Part] = []
    size = 0
    for number, (file, text) in enumerate(texts.items()):
        with text.open("rb") as stream:
            for part in _parts(stream, number, header, longest):
                if part is None:
                    doubted.append(file)
                    break
                gathered.append(part)
                size += len(part.body)
                if size > BLOCK // 2:
                    yield gathered
                    gathered, size = [], 0
    if gathered:
        yield gathered


@dataclass(frozen=True)
class _Look:
    """What the proof rests on: how many bytes are below the space, the greatest byte, the places of the quotes."""

    low: int
    greatest: int
    quotes: npt.NDArray[np.int64]


def _parts(stream: BinaryIO, number: int, header: list[str], longest: int) -> Iterator[Part | None]:
    """The parts of one file; None, and no more, where its bytes are in doubt."""
    head = stream.read(longest)
    start, end = _header_end(head, header), stream.seek(0, 2)
    if not start:
        yield None
        return
    line, size = 1 + head.count(b"\n", 0, start), BLOCK
    while block := _lines(stream, start, size, longest):
        look = _look(block)
        if len(look.quotes) % 2:
            # It ends within quotes, which the next lines may close.
            whole = _last_end(block)
            if len(block) - whole > 2 * longest or start + len(block) == end:
                yield None
                return
            if not whole:
                size = len(block) + BLOCK
                continue
            block = block[:whole]
            look = _look(block)
        if not _is_sound(block, look, len(header), longest):
            yield None
            return
        # What is below the space is a line feed or a tab, or else there will be fewer records than line feeds.
        feeds = look.low - (block.count(b"\t") if b"\t" in block else 0)
        yield Part(number, start, line, block, feeds, look.quotes)
        line, start, size = line + feeds, start + len(block), BLOCK


def _lines(stream: BinaryIO, start: int, size: int, longest: int) -> bytes:
    """The bytes from `start` to the first line end that is `size` bytes away: read in one piece, to spare a copy."""
    stream.seek(start + size)
    size += len(stream.readline(longest))
    stream.seek(start)
    return stream.read(size)


def _look(body: bytes) -> _Look:
    signs = np.frombuffer(body, np.uint8)
    low, greatest, quotes = 0, 0, []
    for start in range(0, len(signs), _CHUNK):
        some = signs[start : start + _CHUNK]
        low += int(np.count_nonzero(some < _SPACE))
        greatest = max(greatest, int(some.max()))
        quotes.append(np.flatnonzero(some == _QUOTE) + start)
    return _Look(low, greatest, np.concatenate(quotes))


def _is_sound(body: bytes, look: _Look, width: int, longest: int) -> bool:
    """Whether bytes that begin outside quotes are proved to be whole records, without faults but UTF-8 and width."""
    return (
        body.endswith(b"\n")
        and b"\x7f" not in body
        and not (b"\xc2" in body and _HIGH_CONTROL.search(body))
        and _are_around_cells(look.quotes, np.frombuffer(body, np.uint8))
        and (width > 1 or blank_line(body, 0) is None)
        and (look.greatest < _JOINING or _is_normal(body))
        and _lines_are_short(body, longest)
    )


def _are_around_cells(quotes: npt.NDArray[np.int64], signs: npt.NDArray[np.uint8]) -> bool:
    """Whether quotes, as many opening as closing in turn, stand around cells, or close and open again at once."""
    if not len(quotes):
        return True
    around = np.zeros(256, np.bool_)
    around[[_COMMA, _FEED, _QUOTE]] = True
    opening, closing = quotes[0::2], quotes[1::2]
    # Before the first byte of all there is a line end.
    before = signs[opening[1:] - 1] if opening[0] == 0 else signs[opening - 1]
    return bool(around[before].all() and around[signs[closing + 1]].all())


def _last_end(block: bytes) -> int:
    """Just behind the last line feed that is outside quotes, in a block that begins outside them; 0 without one."""
    end = block.rfind(b"\n") + 1
    inside = block.count(b'"', 0, end) % 2
    while end and inside:
        before = block.rfind(b"\n", 0, end - 1) + 1
        inside = (inside + block.count(b'"', before, end)) % 2
        end = before
    return end


def _header_end(block: bytes, header: list[str]) -> int:
    """Just behind a file's header; 0 when the file does not begin with it."""
    plain = (",".join(header) + "\n").encode()
    if block.startswith(plain) and not any(set(name) & set(',"\n') for name in header):
        return len(plain)
    end = 0
    while end := block.find(b"\n", end) + 1:
        if block.count(b'"', 0, end) % 2 == 0:
            break
    try:
        return end if end and header_of(block[:end]) == header else 0
    except UnicodeDecodeError:
        return 0


def _is_normal(body: bytes) -> bool:
    try:
        return unicodedata.is_normalized("NFC", body.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _lines_are_short(body: bytes, longest: int) -> bool:
    """Whether no line has more than `longest` bytes: then each half of that length holds a line feed."""
    half = longest // 2
    return all(body.find(b"\n", start, start + half) >= 0 for start in range(0, len(body) - half + 1, half))
