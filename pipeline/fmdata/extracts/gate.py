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
_SAVE = "Save the file as UTF-8 text without a byte order mark"


def check_bytes(root: Path, file: str, header: list[str]) -> list[Failure]:
    """What is wrong with a file's bytes or header: the first place of each kind of fault. `file` is below `root`."""
    found: dict[str, Failure] = {}
    first, quotes = b"", 0
    for line, block in _blocks(root / file):
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
    return list(found.values()) or _check_header(file, first, header)


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
    for match in _CONTROL.finditer(block):
        code = match.group()[-1]
        rule, words = _CONTROLS.get(code, ("control character", f"the control character U+{code:04X}"))
        expected = "a line feed alone as line end" if rule == "line ends" else "printable text"
        yield failure(rule, match.start(), words, expected)
    try:
        text = block.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = f"the byte 0x{block[error.start]:02X}, which is not UTF-8 here"
        yield failure("encoding", error.start, byte, "UTF-8", _SAVE)
        return
    if not unicodedata.is_normalized("NFC", text):
        at = next(i for i, row in enumerate(text.split("\n")) if not unicodedata.is_normalized("NFC", row))
        start = len("\n".join(text.split("\n")[:at]).encode()) + bool(at)
        yield failure("NFC", start, "letters and accents apart", "Unicode form NFC", "Normalise the text to NFC")
    if (longest := max(map(len, block.split(b"\n")))) > MAX_LINE:
        yield failure("huge line", 0, f"a line of {longest} bytes", f"at most {MAX_LINE} bytes", "Is a quote missing?")
    if (place := _blank_line(block, quotes)) is not None:
        yield failure("blank line", place, "a blank line", "one record a line", "Remove it")


def _blank_line(block: bytes, quotes: int) -> int | None:
    """Where the first blank line outside quotes begins, after `quotes` quotes; inside them it belongs to a cell."""
    counted = 0
    for match in _BLANK.finditer(block):
        quotes += block.count(b'"', counted, match.start())
        counted = match.start()
        if quotes % 2 == 0:
            return match.start()
    return None


def _check_header(file: str, first: bytes, header: list[str]) -> list[Failure]:
    given = next(csv.reader(io.StringIO(first.decode("utf-8"), newline="")))
    if given == header:
        return []
    expected = "the header " + ",".join(header)

    def failure(rule: str, name: str, found: str, advice: str) -> Failure:
        column = ",".join(given).find(name) + 1 if name in given else 0
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
    return found or [failure("reordered header", given[0], "the columns are in another order", "Put them in order")]
