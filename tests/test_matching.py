"""Anchors and matches on invented texts: altered copies, places over lines, places of the same words."""

from __future__ import annotations

import re
import textwrap
import unicodedata

import pytest

from conftest import ROOT
from fmdata.anchor import _stands
from fmdata.capture import Capture
from fmdata.markup import plain, unmarked
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


HEADED = "Sea birds\n\nSea birds live by the water all year round.\n\nOther birds live in the woods nearby.\n"


def test_a_heading_that_is_gone_is_not_found_in_the_text_below_it():
    """Its few words stand there too; but they are part of another place, and were not in the capture."""
    spans = [captured(HEADED).span(number, number) for number in (1, 3, 5)]
    found = match(anchored(HEADED, *spans), stream(captured(HEADED.removeprefix("Sea birds\n\n"))))
    assert [matched.state for matched in found] == ["lost", "exact", "exact"]


def test_words_added_beside_a_place_are_told():
    spans = [captured(HEADED).span(number, number) for number in (1, 3, 5)]
    copy = HEADED.replace("Other birds", "It is not true that other birds")
    found = match(anchored(HEADED, *spans), stream(captured(copy)))
    assert [matched.state for matched in found] == ["exact"] * 3
    assert [(matched.before, matched.after) for matched in found] == [(True, True), (True, False), (False, True)]


@pytest.mark.parametrize(("marked", "seen"), [
    ("a <b>bold</b> word<br/>here", "a bold word here"), ("caf&eacute;&nbsp;now", "café now"),
    ("see [the page](https://example.org/a) now", "see the page now"), ("one [3] two³ three", "one two three"),
    ("a <https://example.org/> link (http://example.org)", "a link"), ("in<!-- no -->side", "in side"),
    ("inflam-\nmation is", "inflammation is"), ("zero\u200bwidth", "zero width"),
    ("less < more and 3 > 2", "less < more and 3 > 2"), ("[11C]-PK11195", "[11C]-PK11195"),
])  # fmt: skip
def test_what_stands_between_words_is_no_text(marked, seen):
    assert unmarked(marked).split() == seen.split()
    assert unmarked(marked).count("\n") == marked.count("\n")


@pytest.mark.parametrize(("marked", "seen"), [("**bold** _slanted_", "bold slanted"), ("- one\n+ two", "one two")])
def test_emphasis_and_bullets_are_no_text_of_a_copy(marked, seen):
    assert plain(marked).split() == seen.split()


@pytest.mark.parametrize(("text", "lines"), [
    ("a\nb", 2), ("a\nb\n", 2), ("a\nb\n\n", 3), ("a\r\nb\r\n", 2), ("a\rb", 2), ("\n", 1), ("a", 1),
])  # fmt: skip
def test_lines_are_counted_as_editors_count(text, lines):
    assert len(captured(text).lines) == len(captured(text).starts) == lines


ARTICLE = (ROOT / "tests" / "second_article" / "article.txt").read_text(encoding="utf-8")
LINES = captured(ARTICLE).lines
STRAIGHT = str.maketrans("‘’“”", "''\"\"")
LONG = [number for number, line in enumerate(LINES, 1) if len(captured(ARTICLE).sentences(number, number)) > 2]


def wrapped(text):
    return "\n\n".join(textwrap.fill(part, 60) for part in text.split("\n\n"))


def without(text, number, sentence):
    start, end = captured(text).sentences(number, number)[sentence]
    return text[:start] + text[end:].lstrip(" ")


def swapped(text, one, other):
    lines = text.split("\n")
    lines[one - 1], lines[other - 1] = lines[other - 1], lines[one - 1]
    return "\n".join(lines)


COPIES = {
    "as it is": ARTICLE,
    "re-wrapped at 60 columns": wrapped(ARTICLE),
    "straight quotes": ARTICLE.translate(STRAIGHT),
    "a banner": "Sign up for our letter today!\n\n" + ARTICLE,
    "no bullets": re.sub(r"(?m)^\s*•\s*", "", ARTICLE),
    "blanks for no-break spaces": ARTICLE.replace("\xa0", " "),
    "CRLF": ARTICLE.replace("\n", "\r\n"),
    "NFD": unicodedata.normalize("NFD", ARTICLE),
    "headings in capitals": "\n".join(line.upper() if len(line) < 40 else line for line in LINES),
    "a sentence gone": without(ARTICLE, LONG[0], 1),
    "two paragraphs swapped": swapped(ARTICLE, LONG[0], LONG[1]),
}


@pytest.mark.parametrize("copy", COPIES)
def test_every_line_and_sentence_in_altered_copies(copy):
    """Each place is exact but the one that is gone, with the paragraph it was in, and those that moved."""
    capture = captured(ARTICLE)
    places = {}
    for number, line in enumerate(LINES, 1):
        if line.strip():
            places[number, None] = capture.span(number, number)
            sentences = capture.sentences(number, number)
            places |= {(number, nth): span for nth, span in enumerate(sentences, 1) if len(sentences) > 1}
    states = dict(zip(places, match(anchored(ARTICLE, *places.values()), stream(captured(COPIES[copy]))), strict=True))
    changed = {place: matched.state for place, matched in states.items() if matched.state != "exact"}
    if copy == "a sentence gone":
        assert changed == {(LONG[0], None): "lost", (LONG[0], 2): "lost"}
    elif copy == "two paragraphs swapped":
        lines = {number for number, _ in changed}
        assert set(changed.values()) == {"moved"} and lines & set(LONG[:2])
        assert lines <= set(range(LONG[0], LONG[1] + 1))
    else:
        assert changed == {}
