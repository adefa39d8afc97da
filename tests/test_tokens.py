"""Text as hashes see it, places in a capture, and finding them again: on small texts made up for it."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
import unicodedata

import pytest

from fmdata.capture import Capture, read_capture
from fmdata.errors import FmdataError
from fmdata.matching import CONTEXT, _rising, match, stream
from fmdata.tokens import HASH_LENGTH, RUN, digest, fold, runs, short_hash, tokens, unpack, within, words
from fmdata.word_runs import word_runs

# Tokens ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("one", "other"), [
    ("line breaks\ndo\r\nnot  count", "line breaks do not count"),
    ("a\tb\xa0c\u2009d\u3000e\x0cf", "a b c d e f"),
    ("‘single’ ‚low‛ `back´ ′prime‵", "'single' 'low' 'back' 'prime'"),
    ("“double” „low‟ «angle» ″prime″", '"double" "low" "angle" "prime"'),
    ("a–b — c − d ‑ e ‐ f", "a-b - c - d - e - f"),
    ("• a ◦ b ▪ c · d ● e", "a b c d e"),
    ("WORDS in Capitals: TNFΑ", "words IN capitals: tnfα"),
    ("Straße ΟΔΟΣ ς", "STRASSE οδος Σ"),
    ("ﬁt x² ① ＡＢＣ １２", "fit x2 1 abc 12"),
    ("e\u0301 U\u0308 A\u030a \u212b", "é ü å Å"),
    ("in\u00advisi\u200bble\u200c \u2060words\ufeff", "invisible words"),
    ("", " \n\u200b•"),
])  # fmt: skip
def test_two_spellings_of_one_text(one, other):
    assert tokens(one) == tokens(other)
    assert digest(tokens(one)) == digest(tokens(other))


@pytest.mark.parametrize(("one", "other"), [
    ("73%", "37%"), ("73%", "73"), ("7.3", "73"), ("1,2", "12"), ("a-b", "ab"), ("a_b", "ab"), ("P2X7R", "P2X7"),
    ("fibre", "fiber"), ("é", "e"), ("one two", "two one"), ("one", "one one"), ("+1", "-1"), ("3 mg", "3 µg"),
    ("yes?", "yes"), ("'a'", '"a"'), ("ab", "a b"),
])  # fmt: skip
def test_two_texts(one, other):
    assert digest(tokens(one)) != digest(tokens(other))


def test_a_token_is_a_word_or_a_single_other_sign():
    assert tokens("A Mix-up, (e.g.) of 12.5% – “P2X7R”_x") == [
        "a", "mix", "-", "up", ",", "(", "e", ".", "g", ".", ")", "of", "12", ".", "5", "%", "-", '"', "p2x7r", '"',
        "_", "x",
    ]  # fmt: skip
    assert words("A Mix-up, (e.g.) of 12.5%_x") == ["a", "mix", "up", "e", "g", "of", "12", "5", "x"]


def test_folding_is_done_once_and_for_all_forms():
    """Of no sign does folding leave something to fold, and none has other tokens in another Unicode form."""
    signs = [f"a{chr(code)}b" for code in range(0x10000) if not 0xD800 <= code < 0xE000]
    folded = {sign: fold(sign) for sign in signs}
    assert [sign for sign, once in folded.items() if fold(once) != once] == []
    forms = [[unicodedata.normalize(form, sign) for form in ("NFC", "NFD")] for sign in signs]
    assert sum(composed != apart for composed, apart in forms) > 10_000
    assert [composed for composed, apart in forms if composed != apart and tokens(composed) != tokens(apart)] == []


def test_tokens_in_a_row():
    whole = tokens("IgG of 12.5% (P2X7R)")
    assert all(within(tokens(part), whole) for part in ("igg", "12.5%", "of 12", "P2X7R", "(p2x7r)"))
    assert not any(within(tokens(part), whole) for part in ("Ig", "2.5%", "P2X7", "IgG 12.5", "of of", "x", ") ("))
    assert not within(tokens("one"), [])


def test_digests_can_be_made_with_any_sha256():
    assert digest(tokens("It’s 5%")) == hashlib.sha256(b"it ' s 5 %").hexdigest()
    assert digest([]) == hashlib.sha256(b"").hexdigest()
    assert short_hash("déjà vu") == base64.urlsafe_b64encode(hashlib.sha256("déjà vu".encode()).digest()[:6]).decode()


def test_every_text_has_a_hash():
    assert len(digest(["\ud800"])) == 64 and len(short_hash("\ud800")) == HASH_LENGTH


@pytest.mark.parametrize(("count", "expected"), [(0, 0), (RUN - 1, 0), (RUN, 1), (RUN + 1, 2), (3 * RUN, 2 * RUN + 1)])
def test_runs(count, expected):
    found = [f"w{number}" for number in range(count)]
    made = runs(found)
    assert made == [short_hash(" ".join(found[at : at + RUN])) for at in range(expected)]
    assert len(set(made)) == len(made)
    assert unpack("".join(made)) == made


def test_word_runs():
    """Of lines that may not stand in full; where a line goes on in the next, of the words of both."""
    row = [f"w{number}" for number in range(12)]
    lines = ["  1. " + " ".join(row[:9]), "Of " + " ".join(row), "and on and on to the end", "", "Short", "go on"]
    made = {number: unpack(packed or "") for number, *_, packed in word_runs(captured("\n".join(lines)), {1})}
    assert list(made) == [1, 2, 3, 5, 6]
    # What may stand in full on one line may on another: w0 to w7 and w1 to w8, but not with what is before or after.
    whole = runs(["of", *row, *words(lines[2])])
    assert (made[1], made[2]) == ([], [whole[0], *whole[3:13]])
    assert (made[3], made[5], made[6]) == ([], [], [])


# Captures -------------------------------------------------------------------------------------------------------------

LINES = [
    "A heading",
    "",
    "  • First item ",
    "  2. Second item",
    "- Third",
    "2021 it was.",
    "*star",
    "9) Ninth",
    " ",
]


def captured(text):
    return Capture("", len(text), text)


def said(capture, span):
    return capture.text[slice(*span)]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_places_have_no_blanks_and_no_marks_around_them(end):
    capture = captured(end.join(LINES))
    assert capture.lines == LINES
    found = [said(capture, capture.span(line, line)) for line in range(1, len(LINES) + 1)]
    assert found == [
        "A heading", "", "First item", "Second item", "Third", "2021 it was.", "*star", "Ninth", "",
    ]  # fmt: skip
    assert said(capture, capture.span(1, 3)) == f"A heading{end}{end}  • First item"
    for number, line in enumerate(LINES, 1):
        assert capture.text[capture.starts[number - 1] :].startswith(line)
        assert capture.line_at(capture.starts[number - 1]) == number


@pytest.mark.parametrize("end", [" ", "\n", "\r\n"])
def test_sentences(end):
    pieces = [f"It was{end}3.5 mg (e.g. of{end}salt).", "Was it?", f"“It{end}was!”", "No end"]
    capture = captured(f"Before.{end}\n  • {end.join(pieces)} \nAfter.")
    first = capture.line_at(capture.text.index("It was"))
    found = capture.sentences(first, capture.line_at(capture.text.index("No end")))
    assert [said(capture, span) for span in found] == pieces
    assert capture.sentences(first, first)[0][0] == capture.text.index("It was")


def test_no_sentences_in_a_blank_line():
    assert captured("a\n \nb").sentences(2, 2) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(tmp_path, encoding):
    path = tmp_path / "copy.txt"
    path.write_bytes("Sjögren’s\r\nsyndrome".encode(encoding))
    capture = read_capture(path)
    assert capture.lines == ["Sjögren’s", "syndrome"]
    assert (capture.sha256, capture.size) == (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size)


@pytest.mark.parametrize(("data", "told"), [
    (b"", "there is no text in it"), (b"\xef\xbb\xbf \n", "there is no text in it"), (b"Sj\xf6gren", "byte 2"),
    (b"\xff\xfea", "not UTF-16 text"), (b"\n<!DOCTYPE html>\n<p>Text", "found HTML"), (b"<HTML lang=en>", "found HTML"),
])  # fmt: skip
def test_what_is_no_text(tmp_path, data, told):
    path = tmp_path / "copy.txt"
    path.write_bytes(data)
    with pytest.raises(FmdataError) as error:
        read_capture(path)
    assert str(error.value).startswith(f"{path}: ") and told in str(error.value) and "expected" in str(error.value)


# Matching -------------------------------------------------------------------------------------------------------------

TEXT = """Red birds sing at dawn.

Blue fish swim in deep water. They never sleep there.

List:
Green frogs jump over old logs. They do so at night.

List:
White cats look at it all.
"""
PLACES = [
    "Red birds sing at dawn.", "Blue fish swim in deep water. They never sleep there.", "Blue fish swim in deep water.",
    "They never sleep there.", "Green frogs jump over old logs.", "They do so at night.", "White cats look at it all.",
]  # fmt: skip


def anchored(text, *places):
    """The anchors of places of a text, each a text or its beginning and end."""
    capture = captured(text)
    spans = [(text.index(one), text.index(one) + len(one)) if isinstance(one, str) else one for one in places]
    return [stream(capture).anchor(capture, *span) for span in spans]


def outcome(text, copy, *places):
    """What became of places of a text in a copy: the state of each, and the first token where it was found."""
    found = stream(captured(copy))
    matches = match(anchored(text, *places), found)
    return [m.state for m in matches], [m.first if m.first is None else found.tokens[m.first] for m in matches]


def test_an_anchor_is_made_of_tokens():
    [anchor] = anchored(TEXT, "They never sleep there.")
    at, all_ = TEXT.index("They never"), tokens(TEXT)
    first = len(tokens(TEXT[:at]))
    assert (anchor.start, anchor.tokens) == (at, 5)
    assert anchor.span == digest(tokens("They never sleep there."))
    assert anchor.prefix == digest(all_[first - CONTEXT : first])
    assert anchor.suffix == digest(all_[first + 5 : first + 5 + CONTEXT])
    assert anchored(TEXT, PLACES[0])[0].prefix == digest([])


@pytest.mark.parametrize("copy", [
    TEXT, TEXT.upper(), TEXT.replace("\n", " "), TEXT.replace(" ", "\n"), TEXT.replace("List:", "• List:"),
    "New. " + TEXT, TEXT + "New.", TEXT.replace("\n\n", "\n\nNew words here, and more of them.\n\n"),
])  # fmt: skip
def test_exact(copy):
    states, firsts = outcome(TEXT, copy, *PLACES)
    assert states == ["exact"] * 7
    assert firsts == ["red", "blue", "blue", "they", "green", "they", "white"]


def test_lost_with_what_it_is_a_part_of():
    states, firsts = outcome(TEXT, TEXT.replace(" They never sleep there.", ""), *PLACES)
    assert states == ["exact", "lost", "exact", "lost", "exact", "exact", "exact"]
    assert (firsts[1], firsts[3]) == (None, None)
    assert outcome(TEXT, TEXT.replace("deep", "shallow"), *PLACES)[0] == [
        "exact", "lost", "lost", "exact", "exact", "exact", "exact",
    ]  # fmt: skip
    assert outcome(TEXT, "Nothing of it", *PLACES)[0] == ["lost"] * 7


def test_moved_with_what_is_a_part_of_it():
    """The longest row of places that are still in order stays exact."""
    white = "List:\nWhite cats look at it all.\n"
    front = white + "\n" + TEXT.removesuffix(white)
    assert outcome(TEXT, front, *PLACES)[0] == ["exact"] * 6 + ["moved"]
    blue = PLACES[1] + "\n\n"
    back = TEXT.replace(blue, "") + "\n" + blue
    states, firsts = outcome(TEXT, back, *PLACES)
    assert states == ["exact", "moved", "moved", "moved", "exact", "exact", "exact"]
    assert firsts[1:4] == ["blue", "blue", "they"]


def test_surroundings_tell_places_of_the_same_words_apart():
    one, other = (m.start() for m in re.finditer("List:", TEXT))
    spans = [(one, one + 5), (other, other + 5)]
    for copy in (
        TEXT,
        TEXT.replace("They do so at night.", "Gone."),
        TEXT.replace("all.", "ALL –").replace("Red", "A"),
    ):
        found = stream(captured(copy))
        matches = match(anchored(TEXT, *spans), found)
        assert [m.state for m in matches] == ["exact", "exact"]
        assert [found.lines[m.first] for m in matches] == [5, 8]


def test_ambiguous_where_surroundings_do_not_tell():
    states, firsts = outcome(TEXT, TEXT + TEXT, *PLACES)
    assert states[3:6] == ["ambiguous"] * 3 and "lost" not in states
    assert firsts == ["red", "blue", "blue", "they", "green", "they", "white"]
    # What stands so near the beginning that the copy of it has more before it can be told.
    assert states[:3] == ["exact"] * 3


@pytest.mark.parametrize(("numbers", "kept"), [
    ([], 0), ([5], 1), ([1, 2, 3], 3), ([3, 2, 1], 1), ([2, 3, 1], 2), ([1, 9, 2, 3], 3), ([1, 1, 1], 3),
    ([7, 8, 1, 2, 3, 9], 4), ([4, 4, 0, 4, 1], 3),
])  # fmt: skip
def test_the_longest_row_in_order(numbers, kept):
    """As the state `exact` is told by: against every possible row."""
    found = sorted(_rising(numbers))
    assert [numbers[at] for at in found] == sorted(numbers[at] for at in found)
    rows = (row for length in range(len(numbers) + 1) for row in itertools.combinations(numbers, length))
    assert len(found) == kept == max(len(row) for row in rows if list(row) == sorted(row))
