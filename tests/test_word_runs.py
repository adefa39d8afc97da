"""How far the word runs of a captured text go: on where it is wrapped, and no further than a line of a list."""

from __future__ import annotations

import textwrap

from fmdata.borrowing import Gate
from fmdata.capture import Capture
from fmdata.tokens import unpack, words
from fmdata.word_runs import word_runs
from test_rights import INVENTED, RUN


def caught(capture, text, free=()):
    rows = word_runs(Capture("", 0, capture), set(free))
    gate = Gate({run: ("capture", line) for line, *_, packed in rows for run in unpack(packed or "")})
    return [found.line for found in gate.borrowed(text)]


def test_runs_go_on_where_a_capture_is_wrapped():
    text = "Doctors from Aberdeen met Professor Brown in March; the Hungarian Society for Tin (of 1911) paid their way."
    found, wrapped = words(text), textwrap.fill(text, 60)
    assert wrapped.count("\n") == 1
    assert all(caught(wrapped, " ".join(found[end - RUN : end])) for end in range(RUN, len(found) + 1))


def test_items_of_lists_rows_of_tables_and_paragraphs_do_not_go_on():
    one, other = INVENTED[2], INVENTED[4]
    across = " ".join([*words(one)[-4:], *words(other)[:4]])
    assert caught(f"{one} {other}", across) and caught(f"{one}\n{other}", across)
    assert [end for end in ("\n\n", "\n  • ", "\n2. ") if caught(f"{one}{end}{other}", across)] == []
    assert caught("Tin roofs 71%\nOld doors 40%\nBlue bridges 3%", "tin roofs 71 old doors 40 blue bridges 3") == []


def test_free_lines_are_free_wherever_they_stand():
    one, other = INVENTED[2:4]
    text = f"{other}\n\n{one}\n\nAnd so: {one}"
    assert caught(text, one) and caught(text, other) == [1]
    assert caught(text, one, free=[3]) == [] and caught(text, other, free=[3]) == [1]
