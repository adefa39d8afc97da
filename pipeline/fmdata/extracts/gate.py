"""The gate for bytes, before anything is parsed: CSV readers accept silently what it refuses.

An extract is strict UTF-8 without a byte order mark, in Unicode form NFC, with LF line ends, no control characters
but tab, no blank line, a final newline, and the exact header of its contract.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from fmdata.errors import Failure, quote

MAX_LINE = 1 << 20
_BLOCK = 1 << 20
_MARKS = {b"\xef\xbb\xbf": "a UTF-8 byte order mark", b"\xff\xfe": "UTF-16 text", b"\xfe\xff": "UTF-16 text"}
_CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]")
_BLANK = re.compile(rb"(?:\A|(?<=\n))\n")
_CONTROLS = {0: ("NUL", "a NUL character"), 13: ("line ends", "a carriage return")}
# Cells without quotes, and quoted ones, which begin where a cell does or go on after a doubled quote.
# No possessive quantifiers: Python 3.11.2 takes nested ones wrongly.
_CELLS = re.compile(rb'(?:[^"]+|(?<![^,\n"])"[^"]*(?:"|\Z))*')
_SAVE = "Save the file as UTF-8 text without a byte order mark"


def check_bytes(text: Path, file: str, header: list[str]) -> list[Failure]:
    """What is wrong with the bytes or header of the CSV text of `file`: the first place of each kind of fault."""
    found: dict[str, Failure] = {}
    first, quotes = b"", 0
    for line, block in _blocks(text):
        first = first or block
        for failure in _check_block(file, line, block, first is block, quotes):
            found.setdefault(failure.rule, failure)
        if found.keys() & {"byte order mark", "encoding", "huge line"}:
            return list(found.values())
        last, quotes = block, quotes + block.count(b'"')
    if not first:
        return [Failure(file, 0, rule="empty file", found="the file is empty", expected="a header " + ",".join(header))]
    if not last.endswith(b"\n"):
        lines = line + last.count(b"\n")
        failure = Failure(file, lines, rule="final newline", found="the last line has no end", expected="a newline")
        found.setdefault("final newline", failure)
    return list(found.values()) or check_header(file, header_of(first), header)


def _blocks(path: Path) -> Iterator[tuple[int, bytes]]:
    """The file in blocks of whole lines, each with the number of its first line."""
    line, rest = 1, b""
    with path.open("rb") as stream:
        while chunk := stream.read(_BLOCK):
            block, newline, rest_of = (rest + chunk).rpartition(b"\n")
            if not newline:
                rest = rest_of
                if len(rest) > MAX_LINE:
                    break
                continue
            yield line, block + newline
            line, rest = line + block.count(b"\n") + 1, rest_of
    if rest:
        yield line, rest


def _check_block(file: str, line: int, block: bytes, is_first: bool, quotes: int) -> Iterator[Failure]:
    def failure(rule: str, at: int, found: str, expected: str, advice: str = "") -> Failure:
        start = block.rfind(b"\n", 0, at) + 1
        column = len(block[start:at].decode("utf-8", "replace")) + 1
        return Failure(file, line + block.count(b"\n", 0, at), column, "", "", rule, found, expected, advice)

    if is_first and (mark := next((m for m in _MARKS if block.startswith(m)), None)):
        yield failure("byte order mark", 0, f"the file begins with {_MARKS[mark]}", "plain UTF-8", _SAVE)
        return
    # First, since a line that is too long is cut, perhaps within a character. It begins its block: see `_blocks`.
    if (longest := max(map(len, block.split(b"\n")))) > MAX_LINE:
        found = f"a line of {longest} bytes or more"
        yield failure("huge line", 0, found, f"at most {MAX_LINE} bytes", "Is a quote missing?")
        return
    told = set()
    for match in _CONTROL.finditer(block):
        code = match.group()[-1]
        rule, words = _CONTROLS.get(code, ("control character", f"the control character U+{code:04X}"))
        expected = "a line feed alone as line end" if rule == "line ends" else "printable text"
        if rule not in told:
            yield failure(rule, match.start(), words, expected)
        told.add(rule)
    try:
        text = block.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = f"the byte 0x{block[error.start]:02X}, which is not UTF-8 here"
        yield failure("encoding", error.start, byte, "UTF-8", _SAVE)
        return
    if not unicodedata.is_normalized("NFC", text):
        pairs = enumerate(zip(text, unicodedata.normalize("NFC", text), strict=False))
        same = text[: next((i for i, (given, normal) in pairs if given != normal), 0)]
        yield failure("NFC", len(same.encode()), "letters and accents apart", "Unicode form NFC", "Normalise the text")
    if (place := blank_line(block, quotes)) is not None:
        yield failure("blank line", place, "a blank line", "one record a line", "Remove it")
    if (place := _bare_quote(block, quotes)) is not None:
        found, expected = "a quote inside a cell that is not quoted", "quotes around the whole cell"
        yield failure("unquoted value", place, found, expected, 'Quote the cell, double each " inside it')


def blank_line(block: bytes, quotes: int) -> int | None:
    """Where the first blank line outside quotes begins, after `quotes` quotes; inside them it belongs to a cell."""
    counted = 0
    for match in _BLANK.finditer(block):
        quotes += block.count(b'"', counted, match.start())
        counted = match.start()
        if quotes % 2 == 0:
            return match.start()
    return None


def _bare_quote(block: bytes, quotes: int) -> int | None:
    """Where the first quote opens that does not begin a cell, after `quotes` quotes; CSV readers take it as text."""
    inside = block.find(b'"') + 1 if quotes % 2 else 0
    if quotes % 2 and not inside:
        return None
    end = _CELLS.match(block, inside).end()  # type: ignore[union-attr]
    return end if end < len(block) else None


def check_header(file: str, given: list[str], header: list[str]) -> list[Failure]:
    """Where the columns of a file are not those of its contract, in their order."""
    if given == header:
        return []
    expected = "the header " + ",".join(header)

    def failure(rule: str, name: str, found: str, advice: str) -> Failure:
        nth = [i for i, n in enumerate(given) if n == name][1 if rule == "duplicate header" else 0 :]
        column = len("".join(f"{n}," for n in given[: nth[0]])) + 1 if nth else 0
        return Failure(file, 1, column, field=name, rule=rule, found=found, expected=expected, advice=advice)

    twice = sorted({n for n in given if given.count(n) > 1})
    found = [failure("duplicate header", n, f"the column {quote(n)} stands twice", "Keep one") for n in twice]
    found += [
        failure("missing header", n, f"there is no column {quote(n)}", "Add it, blank where there is no value")
        for n in header if n not in given
    ]  # fmt: skip
    found += [
        failure("extra header", n, f"the contract knows no column {quote(n)}", "Remove it or add it to the contract")
        for n in dict.fromkeys(given) if n not in header
    ]  # fmt: skip
    moved = next((n for n, wanted in zip(given, header, strict=False) if n != wanted), "")
    return found or [failure("reordered header", moved, "the columns are in another order", "Put them in order")]


def header_of(first: bytes) -> list[str]:
    """The cells of the first record; of a longer one than readers take, its first line as it stands."""
    text = first.decode("utf-8")
    try:
        return next(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        return text.split("\n")[0].split(",")
