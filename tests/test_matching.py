"""Anchors and matches on invented texts: places over lines, places of the same words, and captures of any Unicode form."""

from __future__ import annotations

import unicodedata

import pytest

from fmdata.anchor import _stands
from fmdata.capture import Capture
from fmdata.matching import match, stream
from fmdata.tokens import digest, tokens

LIST = "A list of things\n* first item of it\n* second item of it\nAfter it comes more text.\n"
SAME = "The same six words stand here"


def captured(text):
    return Capture("", len(text), text)


def anchored(text, *spans):
    found = stream(captured(text))
    return [found.anchor(captured(text), *span) for span in spans]


def test_a_place_over_lines_is_of_its_own_words():
    """The asterisks of a list are no words, neither in a place nor around it."""
    capture = captured(LIST)
    start, end = capture.span(2, 3)
    [anchor] = anchored(LIST, (start, end))
    own = tokens("first item of it second item of it")
    assert (anchor.tokens, anchor.span) == (len(own), digest(own))
    assert anchor.prefix == digest(tokens("A list of things"))
    assert anchor.suffix == digest(tokens("After it comes more text."))
    edited = stream(captured(LIST.replace("After it", "Then").replace("* ", "• ")))
    assert [matched.state for matched in match([anchor], edited)] == ["exact"]


@pytest.mark.parametrize(("places", "spots", "states"), [
    (3, 2, ["ambiguous", "ambiguous", "lost"]), (2, 1, ["ambiguous", "lost"]), (1, 1, ["exact"]),
    (1, 2, ["ambiguous"]), (2, 2, ["ambiguous", "ambiguous"]), (2, 0, ["lost", "lost"]),
])  # fmt: skip
def test_no_two_places_are_found_at_one_spot(places, spots, states):
    """Of more places than there are spots for their words, some are lost, although nobody can say which."""
    text = "\n".join(f"{'abc'[n]} before {n}, {SAME} after {n}." for n in range(places))
    spans = [(at, at + len(SAME)) for at in range(len(text)) if text.startswith(SAME, at)]
    copy = "\n".join(f"Other words, {SAME} and others." for _ in range(spots))
    found = match(anchored(text, *spans), stream(captured(copy)))
    assert sorted(matched.state for matched in found) == states
    firsts = [matched.first for matched in found if matched.first is not None]
    assert len(set(firsts)) == len(firsts)


def test_words_stand_in_a_capture_of_any_unicode_form():
    apart = unicodedata.normalize("NFD", "Sjögren has a white willow")
    assert _stands("Sjögren", apart) and _stands("white willow", apart)
    assert not _stands("white will", apart) and not _stands("Sjogren", apart)


@pytest.mark.parametrize(("text", "lines"), [
    ("a\nb", 2), ("a\nb\n", 2), ("a\nb\n\n", 3), ("a\r\nb\r\n", 2), ("a\rb", 2), ("\n", 1), ("a", 1),
])  # fmt: skip
def test_lines_are_counted_as_editors_count(text, lines):
    assert len(captured(text).lines) == len(captured(text).starts) == lines
