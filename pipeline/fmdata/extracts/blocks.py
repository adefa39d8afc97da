"""Extracts in blocks of whole records, with a quick proof that a block's bytes are sound.

The proof takes out every byte that carries no structure, and counts the few that are left: outside of quoted cells,
sound records have so many commas for each line feed, and nothing else. It costs a tenth of a full look. A block it does
not prove is not wrong yet: `gate` and `structure` look at the whole file then and say what is wrong, and where.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from fmdata.extracts.gate import MAX_LINE, blank_line, header_of

BLOCK = 1 << 24
# What is not looked at: all bytes but control characters (a tab is text), line feed, quote, comma, the first byte of a
# control character that UTF-8 writes in two, and those that begin a character from U+0300 on. What has none of these
# is in Unicode form NFC, which is slow to ask: the first character that joins with another is U+0300.
_MARKS = bytes([0xC2, *range(0xCC, 0x100)])
_ORDINARY = bytes(byte for byte in range(256) if byte == 9 or (byte >= 32 and byte not in b'",\x7f' + _MARKS))
# The quote goes first: a search for one byte is quick.
_QUOTED_CELL = re.compile(rb'"(?<![^,\n]")[^"]*(?:""[^"]*)*"(?![^,\n])')
_HIGH_CONTROL = re.compile(rb"\xc2[\x80-\x9f]")


@dataclass(frozen=True)
class Part:
    """Whole records of one file, proved sound: `file` is its number among the extract's, `line` the first's line.

    `before` is the number of the file's records before them, `breaks` that of the line feeds inside their cells.
    """

    file: int
    line: int
    before: int
    body: bytes
    records: int
    breaks: int


def read_blocks(texts: Mapping[str, Path], header: list[str], doubted: list[str]) -> Iterator[list[Part]]:
    """The records of files in their order, about `BLOCK` bytes at a time, small files together.

    `texts` says for each file where its CSV text is. A file that is not proved sound goes to `doubted`, and no more of
    it is read. Whether its bytes are UTF-8 is open.
    """
    gathered: list[Part] = []
    size = 0
    for number, (file, text) in enumerate(texts.items()):
        with text.open("rb") as stream:
            for part in _parts(stream, number, header):
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


def _parts(stream: BinaryIO, number: int, header: list[str]) -> Iterator[Part | None]:
    """The parts of one file; None, and no more, where its bytes are in doubt."""
    rest, line, before = b"", 0, 0
    while block := rest + stream.read(BLOCK) + stream.readline(MAX_LINE):
        rest = b""
        if not line:
            start = _header_end(block, header)
            line = 1 + block.count(b"\n", 0, start)
            block = block[start:]
            if not start:
                yield None
                return
            if not block:
                continue
        part = _part(number, line, before, block, len(header))
        if part is None:
            # Unless it ends within quotes, which the next lines may close.
            whole = _last_end(block)
            if whole == len(block) or len(block) - whole > 2 * MAX_LINE or not (more := stream.read(BLOCK)):
                yield None
                return
            block, rest = block[:whole], block[whole:] + more
            if not block:
                continue
            part = _part(number, line, before, block, len(header))
            if part is None:
                yield None
                return
        yield part
        line += part.records + part.breaks
        before += part.records
    if not line:
        yield None


def _part(number: int, line: int, before: int, body: bytes, width: int) -> Part | None:
    """The records of `body`, or None when its bytes are not proved sound.

    No record has too many cells, or polars will tell; so as many commas as there should be are the right ones.
    """
    left = body.translate(None, _ORDINARY)
    if marked := not left.isascii():
        left = left.translate(None, _MARKS)
    commas, feeds, quotes = left.count(b","), left.count(b"\n"), left.count(b'"')
    if commas + feeds + quotes != len(left) or not body.endswith(b"\n"):
        return None
    breaks = 0
    if quotes:
        cells = b"".join(_QUOTED_CELL.findall(body))
        breaks = cells.count(b"\n")
        commas -= cells.count(b",")
        if cells.count(b'"') != quotes:
            return None
    records = feeds - breaks
    if commas != records * (width - 1) or (width == 1 and blank_line(body, 0) is not None):
        return None
    if (marked and not _is_sound_text(body)) or not _lines_are_short(body):
        return None
    return Part(number, line, before, body, records, breaks)


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


def _is_sound_text(body: bytes) -> bool:
    """Whether it is in Unicode form NFC, without control characters that UTF-8 writes in two bytes."""
    try:
        return not _HIGH_CONTROL.search(body) and unicodedata.is_normalized("NFC", body.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _lines_are_short(body: bytes) -> bool:
    """Whether no line has more than `MAX_LINE` bytes: then each half of that length holds a line feed."""
    half = MAX_LINE // 2
    return all(body.find(b"\n", start, start + half) >= 0 for start in range(0, len(body) - half + 1, half))
