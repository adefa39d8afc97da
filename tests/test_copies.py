"""Copies of the article, made when the test runs, against the release: what became of every place and every value."""

from __future__ import annotations

import itertools
import json
import re
import textwrap
import unicodedata

import pytest

from fmdata.matching import FEW
from fmdata.tokens import tokens

BANNER = "We value your privacy: accept all cookies to read on"
NEW = "xyzzy"
STRAIGHT = str.maketrans("‘’“”", "''\"\"")


@pytest.fixture(scope="module")
def text(article):
    """The article as one text, `article` being its lines."""
    return "\n".join(article[1:])


@pytest.fixture(scope="module")
def places(ask):
    """Each place of the release -> its first and last line, and where its words begin and end."""
    rows = ask("SELECT passage_id, line_start, line_end, char_start, char_end FROM passages ORDER BY char_start")
    return {key: position for key, *position in rows}


@pytest.fixture(scope="module")
def cells(ask):
    """The place of every cell of the release that rests on words: by table, row and column."""
    rows = ask("SELECT table_name, row_key, column_name, passage_id FROM provenance WHERE as_written IS NOT NULL")
    return {(table, row, column): place for table, row, column, place in rows}


@pytest.fixture
def verify(built, run, tmp_path):
    """Compare a copy with the release: verify(text or bytes, *options)."""

    def call(copy, *options):
        path = tmp_path / "copy.txt"
        path.write_bytes(copy if isinstance(copy, bytes) else copy.encode("utf-8"))
        return run("verify", "--source", path, "--root", built.folder.parents[1], *options)

    return call


@pytest.fixture
def compared(verify, places, cells):
    """Compare a copy with the release: the exit code, the state of each place, the cells not found, the lines."""

    def call(copy):
        result = verify(copy, "--format", "json")
        found = json.loads(result.stdout)
        states = {place["passage_id"]: place["state"] for place in found["places"]}
        stands = {(c["table_name"], c["row_key"], c["column_name"]): c["stands"] for c in found["cells"]}
        assert list(states) == list(places) and stands.keys() == cells.keys()
        lines = {place["passage_id"]: (place["found_start"], place["found_end"]) for place in found["places"]}
        return result.exit_code, states, {cell for cell, there in stands.items() if not there}, lines

    return call


def changed(states):
    """The places that are not exact, with their states."""
    return {place: state for place, state in states.items() if state != "exact"}


def test_the_captured_text_itself(verify, compared, text, places, cells, tell, ask):
    result = verify(text)
    assert result.exit_code == 0 and "byte for byte" in result.stdout
    for line in result.stdout.splitlines():
        tell(f"verify: {line}")
    assert f"passages: {len(places)}: {len(places)} exact, 0 moved, 0 ambiguous, 0 lost" in result.stdout
    how = ask("SELECT CAST(derivation AS VARCHAR), count(*) FROM provenance WHERE as_written IS NOT NULL GROUP BY ALL")
    assert {name for name, _ in how} == {"verbatim", "split", "normalised"}
    for name, count in how:
        assert f"{name} values: {count}: {count} found in their passage, 0 not" in result.stdout
    assert sum(count for _, count in how) == len(cells)
    code, states, absent, lines = compared(text)
    assert (code, changed(states), absent) == (0, {}, set())
    assert lines == {place: (first, last) for place, (first, last, *_) in places.items()}


# Copies in which nothing is lost --------------------------------------------------------------------------------------

SAME = {
    "wrapped at 60 columns": lambda text: "\n".join(textwrap.fill(line, 60) for line in text.split("\n")),
    "on one line": lambda text: " ".join(text.split()),
    "a word a line": lambda text: "\n".join(text.split()),
    "straight quotes": lambda text: text.translate(STRAIGHT),
    "other dashes": lambda text: text.replace("-", "‑").replace("–", "—"),
    "no bullets": lambda text: re.sub(r"(?m)^  • ", "", text),
    "asterisks for bullets": lambda text: text.replace("  • ", "* "),
    "no numbers in the list of references": lambda text: re.sub(r"(?m)^  \d+\. ", "", text),
    "plain spaces": lambda text: text.replace("\xa0", " "),
    "double spaces": lambda text: text.replace(" ", "  "),
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "headings in capitals": lambda text: re.sub(r"(?m)^[^.:\n]{5,40}$", lambda line: line[0].upper(), text),
    "all in capitals": str.upper,
    "soft hyphens": lambda text: re.sub(r"([a-z]{4})([a-z]{4})", "\\1\xad\\2", text),
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16, the other way round": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "UTF-8 with a mark": lambda text: text.encode("utf-8-sig"),
}


@pytest.mark.parametrize("name", SAME)
def test_nothing_is_lost(compared, text, name):
    copy = SAME[name](text)
    assert copy not in (text, text.encode("utf-8")), "the copy is no other than the article"
    code, states, absent, _ = compared(copy)
    assert (code, changed(states), absent) == (0, {}, set())


def test_a_banner_in_between(compared, text, places):
    """Places are told with their lines in the copy."""
    lines = text.split("\n")
    code, states, absent, found = compared("\n".join([*lines[:60], BANNER, *lines[60:]]))
    assert (code, changed(states), absent) == (0, {}, set())
    shifted = {place: (a + (a > 60), b + (b > 60)) for place, (a, b, *_) in places.items()}
    assert found == shifted


def test_a_heading_that_stands_three_times(compared, text, places, ask):
    [(hashed,)] = ask("SELECT span_sha256 FROM passages GROUP BY ALL HAVING count(*) = 3")
    alike = [place for (place,) in ask("SELECT passage_id FROM passages WHERE span_sha256 = ?", hashed)]
    lines = text.split("\n")
    for place in alike:
        lines[places[place][0] - 1] += f"\n{BANNER}"
    code, states, absent, found = compared("\n".join(lines))
    assert (code, changed(states), absent) == (0, {}, set())
    assert len({found[place] for place in alike}) == 3
    assert [found[place][0] for place in alike] == [places[place][0] + n for n, place in enumerate(alike)]


def test_a_banner_between_all_blocks(compared, text, places):
    """Nothing is lost; of a few words, or of words that stand twice, some cannot be told when nothing else is near."""
    code, states, absent, _ = compared(text.replace("\n\n", f"\n\n{BANNER}\n\n"))
    spans = {place: text[a:b].casefold() for place, (*_, a, b) in places.items()}
    untold = {place for place, span in spans.items() if len(tokens(span)) < FEW or text.casefold().count(span) > 1}
    assert (code, absent, set(changed(states)) - untold) == (0, set(), set())
    assert set(changed(states).values()) == {"ambiguous"}


# Copies in which something is lost, moved or doubled ------------------------------------------------------------------


def on_line(places, line):
    return [place for place, (first, *_) in places.items() if first == line]


def overlapping(places, start, end):
    return {place for place, (*_, first, last) in places.items() if first < end and last > start}


def expect_lost(outcome, cells, lost):
    """These places are lost with the values that rest on them, and nothing else is."""
    code, states, absent, _ = outcome
    assert (code, changed(states)) == (1, dict.fromkeys(lost, "lost"))
    assert absent == {cell for cell, place in cells.items() if place in lost} != set()


@pytest.fixture(scope="module")
def sentences(ask, cells):
    """Sentences that stand in a line after another and on which values rest, none so short that it is a mere lead."""
    sql = "SELECT passage_id FROM passages WHERE sentence_number > 1 AND token_count > 8 ORDER BY char_start"
    return [place for (place,) in ask(sql) if place in cells.values()]


@pytest.mark.parametrize("which", [0, 0.5, -1], ids=["first", "middle", "last"])
def test_a_sentence_is_missing(compared, text, places, cells, sentences, which):
    place = sentences[which if isinstance(which, int) else int(len(sentences) * which)]
    *_, start, end = places[place]
    expect_lost(compared(text[:start] + text[end:]), cells, overlapping(places, start, end))


def test_a_place_on_whose_words_no_value_rests_is_missing(compared, text, places, cells):
    idle = places.keys() - cells.values()
    _, start, end, place = max((b - a, a, b, place) for place, (*_, a, b) in places.items() if place in idle)
    code, states, absent, _ = compared(text[:start] + text[end:])
    assert (code, changed(states), absent) == (1, {place: "lost"}, set())


def test_the_paragraph_of_most_places_is_missing(compared, text, places, cells, ask):
    [(line,)] = ask("SELECT line_start FROM passages GROUP BY ALL ORDER BY count(*) DESC, line_start LIMIT 1")
    assert len(on_line(places, line)) > 3
    gone = text.split("\n")[line - 1] + "\n"
    expect_lost(compared(text.replace(gone, "")), cells, on_line(places, line))


@pytest.mark.parametrize("kind", ["sentence", "table_row", "list_item", "reference"])
def test_a_word_is_changed(compared, text, places, cells, ask, kind):
    keys = [row[0] for row in ask("SELECT passage_id FROM passages WHERE kind = ? ORDER BY char_start", kind)]
    place = next(key for key in keys if key in cells.values())
    *_, start, end = places[place]
    *_, word = re.finditer(r"\w+", text[start:end])
    copy = text[: start + word.start()] + NEW + text[start + word.end() :]
    expect_lost(compared(copy), cells, overlapping(places, start, end))


def swapped(text, one, other):
    lines = text.split("\n")
    lines[one - 1], lines[other - 1] = lines[other - 1], lines[one - 1]
    return "\n".join(lines)


def test_neighbouring_paragraphs_are_swapped(compared, text, places, sentences):
    """The one with fewer places has moved, the other has not: most of the text is still in order."""
    lines = sorted({places[place][0] for place in sentences})
    near = [(a, b) for a, b in itertools.pairwise(lines) if not any(a < first < b for first, *_ in places.values())]
    one, other = next((a, b) for a, b in near if len(on_line(places, a)) != len(on_line(places, b)))
    code, states, absent, found = compared(swapped(text, one, other))
    moved = min((on_line(places, one), on_line(places, other)), key=len)
    assert (code, changed(states), absent) == (0, dict.fromkeys(moved, "moved"), set())
    assert {found[place] for place in on_line(places, one)} == {(other, other)}
    assert {found[place] for place in on_line(places, other)} == {(one, one)}


def test_distant_paragraphs_are_swapped(compared, text, places, sentences):
    """Both have moved, and nothing between them."""
    one, other = places[sentences[0]][0], places[sentences[-1]][0]
    moved = on_line(places, one) + on_line(places, other)
    code, states, absent, _ = compared(swapped(text, one, other))
    assert (code, changed(states), absent) == (0, dict.fromkeys(moved, "moved"), set())


def test_the_text_stands_twice(compared, text, places):
    """What stands too near the beginning to have as much before it as its copy can be told; nothing else can."""
    code, states, absent, _ = compared(f"{text}\n\n{text}")
    doubled = {place for place, (*_, start, _) in places.items() if len(tokens(text[:start])) >= 8}
    assert (code, changed(states), absent) == (0, dict.fromkeys(doubled, "ambiguous"), set())
    assert 0 < len(places) - len(doubled) < 5


def test_a_heading_that_stands_twice_is_missing_once(compared, text, places, ask):
    doubled = "SELECT min(passage_id) FROM passages WHERE kind = 'heading' GROUP BY span_sha256 HAVING count(*) = 2"
    [[gone]] = ask(doubled)
    *_, start, end = places[gone]
    code, states, *_ = compared(text[:start] + text[end:])
    assert (code, changed(states)) == (1, {gone: "lost"})


# What is told ---------------------------------------------------------------------------------------------------------


def test_the_text_tells_what_json_tells(verify, text, places, sentences):
    """With every place that is not exact and every value that is not found."""
    *_, start, end = places[sentences[0]]
    copy = swapped(text[:start] + text[end:], *(first for first, *_ in list(places.values())[-3:-1]))
    result, found = verify(copy), json.loads(verify(copy, "--format", "json").stdout)
    assert list(found) == ["source_id", "is_the_capture", "passages", "values", "places", "cells"]
    told = "passage_id line_start line_end state found_start found_end same_before same_after"
    assert " ".join(found["places"][0]) == told
    assert " ".join(found["cells"][0]) == "table_name row_key column_name derivation as_written passage_id stands"
    assert found["is_the_capture"] is False
    states, stands = [place["state"] for place in found["places"]], [cell["stands"] for cell in found["cells"]]
    assert found["passages"] == {state: states.count(state) for state in ("exact", "moved", "ambiguous", "lost")}
    assert found["values"] == {"found": stands.count(True), "not_found": stands.count(False)}
    assert (result.exit_code, found["passages"]["lost"], found["passages"]["moved"]) == (1, 1, 1)
    sums = ", ".join(f"{count} {state}" for state, count in found["passages"].items())
    assert f"passages: {len(states)}: {sums}\n" in result.stdout
    told = result.stdout.splitlines()
    for place in found["places"]:
        assert sum(f": {place['passage_id']} (" in line for line in told) == (place["state"] != "exact")
    absent = [line for line in told if line.startswith("not found: ")]
    assert len(absent) == stands.count(False) > 0
    for cell in (cell for cell in found["cells"] if not cell["stands"]):
        place = f"{cell['table_name']} {cell['row_key']!r} {cell['column_name']}: "
        assert any(place in line and f'"{cell["as_written"]}"' in line for line in absent)


@pytest.mark.parametrize(("copy", "told"), [
    (b"", "there is no text in it"),
    (" \n\n", "there is no text in it"),
    ("<!DOCTYPE html>\n<html><body><p>Text</p></body></html>", "found HTML; expected plain text"),
    ("Sj\xf6gren".encode("latin-1"), "byte 2"),
    ("Of other things entirely.\n" * 20, "no place of"),
], ids=["empty", "blank", "HTML", "Latin-1", "another text"])  # fmt: skip
def test_what_is_no_copy(verify, copy, told):
    result = verify(copy)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: ")
    assert all(words in result.stderr for words in ("copy.txt: ", told, "expected"))


def test_a_named_source(verify, text, ask):
    [(source,)] = ask("SELECT source_id FROM sources")
    assert verify(text, "--source-id", source).stdout == verify(text).stdout
    result = verify(text, "--source-id", "nothing")
    assert (result.exit_code, result.stdout) == (1, "")
    assert '"nothing"' in result.stderr and source in result.stderr
