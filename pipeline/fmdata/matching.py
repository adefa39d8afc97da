"""Finding anchored places again in a copy of their source, by the hashes of their words and of those around them."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from fmdata.capture import Capture
from fmdata.tokens import digest, tokens

CONTEXT = 8
"""How many tokens before and after a place tell it from others with the same words."""
State = Literal["exact", "moved", "ambiguous", "lost"]


@dataclass(frozen=True)
class Anchor:
    """What is published of a place: where it begins in the capture, and hashes of its tokens and of those around it."""

    start: int
    tokens: int
    span: str
    prefix: str
    suffix: str


@dataclass(frozen=True)
class Match:
    """What became of a place in a copy: `first` is the index of its first token there, None where it is lost.

    exact: found once, in the same order among the other places; moved: found once, elsewhere; ambiguous: found several
    times, and the words around do not decide (`first` is the first of them); lost: not found.
    """

    state: State
    first: int | None = None


@dataclass(frozen=True)
class Stream:
    """The tokens of a text in their order, each with the number of its line."""

    tokens: list[str]
    lines: list[int]

    def anchor(self, capture: Capture, start: int, end: int) -> Anchor:
        """The anchor of the characters from `start` to `end` of the capture that this is the stream of."""
        line = capture.line_at(start)
        first = bisect.bisect_left(self.lines, line) + len(tokens(capture.text[capture.starts[line - 1] : start]))
        count = len(tokens(capture.text[start:end]))
        return Anchor(start, count, digest(self.tokens[first : first + count]), *_around(self.tokens, first, count))


def stream(capture: Capture) -> Stream:
    """The tokens of a capture."""
    found = [(token, number) for number, line in enumerate(capture.lines, 1) for token in tokens(line)]
    return Stream([token for token, _ in found], [number for _, number in found])


def match(anchors: Sequence[Anchor], found: Stream) -> list[Match]:
    """What became of each anchor in a text, in their order."""
    spots = _spots(anchors, found.tokens)
    matches = [_choose(anchor, spots.get((anchor.tokens, anchor.span), []), found.tokens) for anchor in anchors]
    placed = sorted(
        (a.start, -a.tokens, index)
        for index, (a, m) in enumerate(zip(anchors, matches, strict=True))
        if m.state == "exact"
    )
    indexes = [index for *_, index in placed]
    kept = _rising([matches[index].first or 0 for index in indexes])
    for nth in set(range(len(indexes))) - kept:
        matches[indexes[nth]] = Match("moved", matches[indexes[nth]].first)
    return matches


def _spots(anchors: Sequence[Anchor], text: list[str]) -> dict[tuple[int, str], list[int]]:
    """Where the words of each anchor stand, by their number and hash."""
    wanted = {(anchor.tokens, anchor.span) for anchor in anchors}
    found: dict[tuple[int, str], list[int]] = {}
    for length in {length for length, _ in wanted}:
        for at in range(len(text) - length + 1):
            key = length, digest(text[at : at + length])
            if key in wanted:
                found.setdefault(key, []).append(at)
    return found


def _choose(anchor: Anchor, spots: list[int], text: list[str]) -> Match:
    """The one of several spots that has the anchor's surroundings: both sides of them, or else one."""
    agreeing = {
        at: sum(map(str.__eq__, _around(text, at, anchor.tokens), (anchor.prefix, anchor.suffix))) for at in spots
    }
    best = [at for at in spots if agreeing[at] == max(agreeing.values())]
    return Match("lost") if not best else Match("exact" if len(best) == 1 else "ambiguous", best[0])


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
