"""A row that is entered in a file leaves every other line as it was, and a sorted file sorted."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from fmdata.contract.model import Field, Resource
from fmdata.entries import amended, entered, records

TEXT = Resource("t", {}, tuple(Field(name, kind, {}, ("",)) for name, kind in (("id", "string"), ("n", "integer"))),
                ("id",), (), ())  # fmt: skip
# What CSV quotes, what looks like the end of a line and is none, and what sorts oddly.
CELL = st.text(st.sampled_from('ab ,"\n\r\u2028Z\u00e9'), max_size=4)
NUMBER = st.integers(-20, 20).map(str) | st.just("")
ROWS = st.lists(st.tuples(CELL, NUMBER), max_size=8)


def written(rows, quoting):
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\r\n", quoting=quoting).writerows(rows)
    # Only ends of rows: what a cell has of them is quoted, and stays.
    return [line.removesuffix("\r\n") for line in _lines(rows, quoting)]


def _lines(rows, quoting):
    for row in rows:
        stream = io.StringIO(newline="")
        csv.writer(stream, lineterminator="\r\n", quoting=quoting).writerow(row)
        yield stream.getvalue()


def file_of(rows, quoting):
    return "id,n\n" + "".join(f"{line}\n" for line in written(rows, quoting))


QUOTING = st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])


@given(ROWS, ROWS, QUOTING)
def test_every_other_row_keeps_its_bytes_and_its_place(old, new, quoting):
    text = file_of(old, quoting)
    done = entered(TEXT, "raw/t.csv", text, [{"id": cell, "n": number} for cell, number in new])
    there = records(TEXT, "raw/t.csv", done.text)
    by_line = {record.line: tuple(record.cells) for record in there}
    assert [by_line[line] for line in done.lines] == new
    # Without the lines of the new rows, the text is the old one.
    gone = {line + n for line in done.lines for n in range(next(r.length for r in there if r.line == line))}
    kept = [line for number, line in enumerate(done.text.split("\n"), 1) if number not in gone]
    assert "\n".join(kept) == text


@given(st.lists(st.integers(-20, 20), min_size=2, max_size=8), st.integers(-20, 20))
def test_rows_sorted_by_a_number_stay_so(old, new):
    text = file_of([(f"x{n}", str(n)) for n in sorted(old)], csv.QUOTE_MINIMAL)
    done = entered(TEXT, "raw/t.csv", text, [{"id": "a", "n": str(new)}])
    found = [int(record.cells[1]) for record in records(TEXT, "raw/t.csv", done.text)]
    assert found == sorted([*old, new])


@given(st.lists(CELL, min_size=2, max_size=8, unique=True), CELL)
def test_rows_sorted_by_their_key_stay_so(old, new):
    text = file_of([(cell, "") for cell in sorted(old)], csv.QUOTE_MINIMAL)
    done = entered(TEXT, "raw/t.csv", text, [{"id": new}])
    found = [record.cells[0] for record in records(TEXT, "raw/t.csv", done.text)]
    assert found == sorted([*old, new])


@given(ROWS.filter(bool), QUOTING, st.data())
def test_an_amended_row_alone_changes(rows, quoting, data):
    text = file_of(rows, quoting)
    there = records(TEXT, "raw/t.csv", text)
    number = data.draw(st.integers(0, len(rows) - 1))
    after = amended(TEXT, "raw/t.csv", text, there[number].line, {"n": "99"})
    expected = [list(row) for row in rows]
    expected[number][1] = "99"
    assert [record.cells for record in records(TEXT, "raw/t.csv", after)] == expected
    if number:
        before = "\n".join(text.split("\n")[: there[number].line - 1])
        assert after.startswith(before)
