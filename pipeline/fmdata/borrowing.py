"""Words in a row that a text has of a source: found without the source, by the hashes of its runs of words.

Words are compared as a reader hears them: case, punctuation, quotes, escapes and line breaks do not count.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from fmdata.errors import quote
from fmdata.markup import unmarked
from fmdata.tokens import RUN, UTF16, has_run, in_bytes, runs, words

# What they hold is searched as rows, comments and SQL, and as the files beside them.
_NO_TEXT = (".duckdb", ".parquet", ".zip")
# Bytes of a file that are searched at a time, and characters that its last words surely take up.
_PIECE, _REACH = 1 << 20, 2_000
_ESCAPE = re.compile(r"(?:\\u[0-9A-Fa-f]{4})+|\\[\\bfnrt]")


@dataclass(frozen=True)
class Borrowed:
    """A run of a source's words in a text: the words, on which line of the text they begin, and whence they are."""

    words: tuple[str, ...]
    at: int
    source: str
    line: int

    def __str__(self) -> str:
        return f"{quote(' '.join(self.words))}, {len(self.words)} words in a row of line {self.line} of {self.source}"


@dataclass(frozen=True)
class Gate:
    """The runs of the sources' words that must not be published: the hash of each -> its source and line."""

    runs: Mapping[str, tuple[str, int]]

    def borrowed(self, text: str) -> list[Borrowed]:
        """What a text has of the sources, as it stands or as a reader sees it: each longest run of words."""
        text = _unescaped(text)
        seen = unmarked(text)
        return self._runs_in(text) or (self._runs_in(seen) if seen != text else [])

    @cached_property
    def _hashes(self) -> frozenset[bytes]:
        return frozenset(map(in_bytes, self.runs))

    def _runs_in(self, text: str) -> list[Borrowed]:
        found = _words(text)
        if not has_run(found, self._hashes):
            return []
        there = runs(found)
        held = {at for at, run in enumerate(there) if run in self.runs}
        firsts, lasts = sorted(at for at in held if at - 1 not in held), sorted(at for at in held if at + 1 not in held)
        return [
            Borrowed(tuple(found[first : last + RUN]), _line(text, first), *self.runs[there[first]])
            for first, last in zip(firsts, lasts, strict=True)
        ]

    def borrowed_in(self, path: Path) -> list[Borrowed]:
        """What a file has of the sources."""
        found: list[Borrowed] = []
        line, before = 1, ""
        for piece in () if path.suffix in _NO_TEXT else pieces(path):
            # The last words of a piece stand on a line before the next one, so that no run between them is missed.
            found += [replace(one, at=max(one.at + line - 2, 1)) for one in self.borrowed(f"{before}\n{piece}")]
            line, before = line + piece.count("\n"), last_words(piece)
        return found


def last_words(text: str) -> str:
    """The last words of a text, with which a run of words may begin that ends in another."""
    return " ".join(_words(text[-_REACH:])[1 - RUN :])


def first_words(text: str) -> str:
    """The first words of a text, with which a run of words may end that begins in another."""
    return " ".join(_words(text[:_REACH])[: RUN - 1])


def all_runs(text: str) -> set[str]:
    """The short hash of every run of words that a gate looks for in a text: as it stands, and as a reader sees it."""
    text = _unescaped(text)
    seen = unmarked(text)
    return {*runs(_words(text)), *(runs(_words(seen)) if seen != text else ())}


def pieces(path: Path) -> Iterator[str]:
    """A file as texts of whole lines, whatever its encoding: no byte of it goes unread."""
    with path.open("rb") as stream:
        if stream.read(2) in UTF16:
            yield path.read_bytes().decode("utf-16", "replace")
            return
        stream.seek(0)
        while data := b"".join(stream.readlines(_PIECE)):
            try:
                yield data.decode("utf-8")
            except UnicodeDecodeError:
                yield data.decode("latin-1")


def _unescaped(text: str) -> str:
    """`text` with what JSON, and others like it, write as escapes; line ends among them are blanks here."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda escape: json.loads(f'"{escape[0]}"').replace("\n", " "), text)


def _words(text: str) -> list[str]:
    """The words of a text, as `words` gives them: lines of ASCII alone are folded together, which is quick."""
    parts = itertools.groupby(text.splitlines(keepends=True), str.isascii)
    return [word for _, lines in parts for word in words("".join(lines))]


def _line(text: str, at: int) -> int:
    """The number of the line on which a word of a text stands."""
    ends = itertools.accumulate(len(_words(line)) for line in text.split("\n"))
    return next(number for number, end in enumerate(ends, 1) if end > at)
