"""Finding anchored places again in a copy of their source, by the hashes of their words and of those around them."""

from __future__ import annotations

import bisect
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from fmdata.capture import Capture
from fmdata.tokens import digest, tokens

CONTEXT = 8
"""How many tokens before and after a place tell it from others with the same words."""
FEW = 5
"""Fewer tokens than these may stand anywhere: other words on both sides of them, and it may be another place."""
_ASTERISK = re.compile(r"^\s*\*\s+")
State = Literal["exact", "moved", "ambiguous", "lost"]


@dataclass(frozen=True)
class Anchor:
    """What is published of a place: where it stands in the capture, and hashes of its tokens and of those around it."""

    start: int
    end: int
    tokens: int
    span: str
    prefix: str
    suffix: str


@dataclass(frozen=True)
class Match:
    """What became of a place in a copy: `first` is the index of its first token there, None where it is lost.

    exact: found, in the same order among the other places; moved: found elsewhere; ambiguous: found, but the words
    around do not tell which of several it is, or whether a few words are the place at all (`first` is the first of
    them); lost: not found. No two places of the same words are found at one spot. `before` and `after` tell whether the
    words beside it are those of the capture: words may have been added to the place.
    """

    state: State
    first: int | None = None
    before: bool = False
    after: bool = False


@dataclass(frozen=True)
class Stream:
    """The tokens of a text in their order, each with the number of its line."""

    tokens: list[str]
    lines: list[int]

    def anchor(self, capture: Capture, start: int, end: int) -> Anchor:
        """The anchor of the characters from `start` to `end` of the capture that this is the stream of."""
        first, last = self._index(capture, start), self._index(capture, end)
        own = digest(self.tokens[first:last])
        return Anchor(start, end, last - first, own, *_around(self.tokens, first, last - first))

    def _index(self, capture: Capture, offset: int) -> int:
        """How many tokens stand before a character of the capture."""
        line = capture.line_at(offset)
        before = _tokens(capture.text[capture.starts[line - 1] : offset])
        return bisect.bisect_left(self.lines, line) + len(before)


def stream(capture: Capture) -> Stream:
    """The tokens of a capture."""
    found = [(token, number) for number, line in enumerate(capture.lines, 1) for token in _tokens(line)]
    return Stream([token for token, _ in found], [number for _, number in found])


def _tokens(line: str) -> list[str]:
    """The tokens of a line, without the asterisk that some copies have for a bullet."""
    return tokens(_ASTERISK.sub("", line))


def match(anchors: Sequence[Anchor], found: Stream) -> list[Match]:
    """What became of each anchor in a text, in their order."""
    spots = _spots(anchors, found.tokens)
    matches = [Match("lost")] * len(anchors)
    # Long places first: a few words that stand inside one of them are no heading or row that is gone.
    for short in (False, True):
        alike = defaultdict(list)
        for index, anchor in enumerate(anchors):
            if (anchor.tokens < FEW) == short:
                alike[anchor.tokens, anchor.span].append(index)
        taken = list(matches)
        for words, group in alike.items():
            there = spots.get(words, [])
            may = {i: [at for at in there if not short or _may(anchors, taken, i, at)] for i in group}
            for index, matched in _share(anchors, may, found.tokens):
                matches[index] = matched
    return _in_order(anchors, matches)


def _may(anchors: Sequence[Anchor], taken: Sequence[Match], index: int, at: int) -> bool:
    """Whether a place may stand at a spot: not inside another place that it is no part of in the capture."""
    own = anchors[index]
    return not any(
        other.first <= at and at + own.tokens <= other.first + anchor.tokens
        for anchor, other in zip(anchors, taken, strict=True)
        if other.first is not None and not (anchor.start <= own.start and own.end <= anchor.end)
    )


def _in_order(anchors: Sequence[Anchor], matches: list[Match]) -> list[Match]:
    """The matches, those of exact places that break the order of the capture told as moved."""
    placed = sorted(
        (anchor.start, -anchor.tokens, index)
        for index, (anchor, matched) in enumerate(zip(anchors, matches, strict=True))
        if matched.state == "exact"
    )
    indexes = [index for *_, index in placed]
    kept = _rising([matches[index].first or 0 for index in indexes])
    moved = {indexes[nth] for nth in range(len(indexes)) if nth not in kept}
    return [replace(one, state="moved") if index in moved else one for index, one in enumerate(matches)]


def _spots(anchors: Sequence[Anchor], text: list[str]) -> dict[tuple[int, str], list[int]]:
    """Where the words of each anchor stand, by their number and hash.

    One hash for each token and length of a place: seconds for a long article, half a minute for a book.
    """
    wanted = {(anchor.tokens, anchor.span) for anchor in anchors}
    found: dict[tuple[int, str], list[int]] = {}
    for length in {length for length, _ in wanted}:
        for at in range(len(text) - length + 1):
            key = length, digest(text[at : at + length])
            if key in wanted:
                found.setdefault(key, []).append(at)
    return found


def _share(anchors: Sequence[Anchor], may: dict[int, list[int]], text: list[str]) -> Iterator[tuple[int, Match]]:
    """The spots of the same words shared out among the places that have them and `may` stand there, one to each.

    First come those with the place's surroundings on both sides, then on one, then on none. Who gets none is lost.
    """
    beside = {(i, at): _beside(anchors[i], at, text) for i, spots in may.items() for at in spots}
    free, left = {at for _, at in beside}, list(may)
    for sides in (2, 1, 0):
        fitting = {i: [at for at in may[i] if at in free and sum(beside[i, at]) == sides] for i in left}
        wanted = Counter(at for spots in fitting.values() for at in spots)
        for index, spots in fitting.items():
            at = next((at for at in spots if at in free), None)
            if at is not None:
                told = len(spots) == 1 and wanted[at] == 1 and (sides or anchors[index].tokens >= FEW)
                yield index, Match("exact" if told else "ambiguous", at, *beside[index, at])
                left.remove(index)
                free.remove(at)


def _beside(anchor: Anchor, at: int, text: list[str]) -> tuple[bool, bool]:
    """Whether the tokens before and after a spot are those before and after the place."""
    before, after = _around(text, at, anchor.tokens)
    return before == anchor.prefix, after == anchor.suffix


def _around(text: list[str], first: int, count: int) -> tuple[str, str]:
    """The hashes of the tokens before and after some tokens of a text."""
    return digest(text[max(0, first - CONTEXT) : first]), digest(text[first + count : first + count + CONTEXT])


def _rising(numbers: Sequence[int]) -> set[int]:
    """The indexes of a longest sequence of the numbers that never falls."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int | None] = []
    for index, number in enumerate(numbers):
        place = bisect.bisect_right(ends, number)
        before.append(last[place - 1] if place else None)
        ends[place : place + 1] = [number]
        last[place : place + 1] = [index]
    chain, at = set(), last[-1] if last else None
    while at is not None:
        chain.add(at)
        at = before[at]
    return chain
