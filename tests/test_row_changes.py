"""Rows that came, went or changed: compared with a plain Python dictionary, and with daff."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from pathlib import Path

import daff
import duckdb
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from fmdata.errors import FmdataError
from fmdata.history import at_folder, difference, sides
from releases import compared, field, release, table

SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
# What makes trouble in CSV files and in SQL: quotes, line ends, blanks, other scripts, signs outside the plane, NULL.
TEXTS = st.sampled_from(
    ["a", "b", "A", " a", "a ", "1", "01", "1.0", "NULL", "null", '"', '""', "'", ",", "a,b", "x\ny", "\n", "->", "é",
     "e\u0301", "ß", "日本", "🌳", "\u00a0", "\\", "\\N", "a\tb", "true", "-", "%", "{}", "O'Hara; DROP TABLE t"]
) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), min_size=1, max_size=4)  # fmt: skip
CELLS = st.none() | TEXTS
NAMES = st.lists(st.sampled_from(["k", "x", "y", "Z", "a b", 'q"t', "naïve", "kind", "times", "o0", "n1"]),
                 min_size=3, max_size=5, unique=True)  # fmt: skip


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as con:
        yield con


@st.composite
def pairs(draw):
    """Two tables of the same fields: names, how many of them are the key, and the rows of each by key."""
    names = draw(NAMES)
    width = draw(st.integers(1, 2))
    rows = st.dictionaries(
        st.tuples(*[TEXTS] * width), st.tuples(*[CELLS] * (len(names) - width)), min_size=0, max_size=6
    )
    old = draw(rows)
    # Most keys stay, most rows change a little.
    kept = {key: draw(st.just(row) | st.tuples(*[CELLS] * len(row))) for key, row in old.items() if draw(st.booleans())}
    new = {**kept, **draw(rows)}
    return names, width, old, new, draw(st.permutations(list(new)))


def tables(folder, names, width, old, new, order, new_names=None):
    """The two releases as folders."""
    made = []
    for version, rows in (("1.0.0", old), ("1.0.1", {key: new[key] for key in order})):
        listed = [[*key, *row] for key, row in rows.items()]
        own = list(names)
        if version == "1.0.1" and new_names:
            listed = [[row[names.index(name)] for name in new_names] for row in listed]
            own = new_names
        fields = [field(name) for name in own]
        made.append(release(folder / version, [table("t", fields, listed, names[:width])], version))
    return made


def found(con, old, new):
    """Added and removed rows by key, and changed cells: (key, column) -> (old, new)."""
    [changes] = difference(con, at_folder(old, "old"), at_folder(new, "new")).tables
    rows = list(changes.rows(con))
    assert changes.counts == Counter(row.kind for row in rows)
    assert changes.cells == Counter(cell.column for row in rows for cell in row.cells)
    added = {row.key: row.new for row in rows if row.kind == "added"}
    removed = {row.key: row.old for row in rows if row.kind == "removed"}
    cells = {(row.key, c.column): (c.old, c.new) for row in rows if row.kind == "changed" for c in row.cells}
    return added, removed, cells


@SETTINGS
@given(pairs())
def test_the_same_as_two_dictionaries(con, pair):
    names, width, old, new, _ = pair
    # Keys that are joined to the same text cannot be told apart here.
    assume(len({" ".join(key) for key in {**old, **new}}) == len({**old, **new}))
    with tempfile.TemporaryDirectory() as folder:
        added, removed, cells = found(con, *tables(Path(folder), *pair))
    assert added == {" ".join(k): dict(zip(names, [*k, *new[k]], strict=True)) for k in new.keys() - old.keys()}
    assert removed == {" ".join(k): dict(zip(names, [*k, *old[k]], strict=True)) for k in old.keys() - new.keys()}
    assert cells == {
        (" ".join(k), name): (was, now)
        for k in old.keys() & new.keys()
        for name, was, now in zip(names[width:], old[k], new[k], strict=True)
        if was != now
    }


@SETTINGS
@given(pairs(), st.randoms(use_true_random=False))
def test_the_same_as_daff(con, pair, random):
    """Rows and columns of the new table are in another order; daff does not tell a blank from an empty text."""
    names, width, old, new, order = pair
    # daff takes these texts for no key at all.
    assume(not {"null", "undefined"} & {part for key in {**old, **new} for part in key})
    others = random.sample(names, len(names))
    with tempfile.TemporaryDirectory() as folder:
        releases = tables(Path(folder), names, width, old, new, order, others)
        [changes] = difference(con, at_folder(releases[0], "old"), at_folder(releases[1], "new")).tables
        ours = [
            (row.kind, tuple((row.new or row.old)[name] for name in names[:width]),
             {cell.column: (cell.old or "", cell.new or "") for cell in row.cells})
            for row in changes.rows(con)
        ]  # fmt: skip
    assert sorted(map(str, ours)) == sorted(map(str, by_daff(names, width, old, new, order, others)))


def by_daff(names, width, old, new, order, others):
    """Kind, key and changed cells of each row, as daff has them."""
    one = [names, *([*key, *row] for key, row in old.items())]
    two = [others, *([([*key, *new[key]])[names.index(name)] for name in others] for key in order)]
    one, two = ([[cell or "" for cell in row] for row in rows] for rows in (one, two))
    flags = daff.CompareFlags()
    flags.ordered, flags.unchanged_context = False, 0
    for name in names[:width]:
        flags.addPrimaryKey(name)
    alignment = daff.Coopy.compareTables(daff.PythonTableView(one), daff.PythonTableView(two), flags).align()
    told = []
    daff.TableDiff(alignment, flags).hilite(daff.PythonTableView(told))
    [header] = [row[1:] for row in told if row[0] == "@@"]
    for tag, *cells in told:
        row = dict(zip(header, cells, strict=True))
        if tag in ("+++", "---"):
            key = tuple(plain(row[name]) for name in names[:width])
            yield ("added" if tag == "+++" else "removed"), key, {}
        elif tag.endswith("->"):
            # The tag is an arrow that stands in no text: it parts the old one from the new one.
            changed = {name: tuple(map(plain, cell.split(tag))) for name, cell in row.items() if tag in cell}
            key = tuple(plain(row[name]) for name in names[:width])
            yield "changed", key, {name: changed[name] for name in others if name in changed}
        else:
            assert tag in ("@@", "...", "", "!", ":"), tag


def plain(text):
    """A text as it was: daff writes the text NULL as _NULL, and so on."""
    return text[1:] if re.fullmatch("_+NULL", text) else text


@SETTINGS
@given(st.lists(st.tuples(TEXTS, CELLS), max_size=8), st.lists(st.tuples(TEXTS, CELLS), max_size=8))
def test_rows_without_a_key_are_counted(con, old, new):
    fields = [field("a"), field("b")]
    with tempfile.TemporaryDirectory() as folder:
        made = [
            release(Path(folder) / name, [table("t", fields, [list(row) for row in rows])])
            for name, rows in (("old", old), ("new", [*new, *old[:3]]))
        ]
        [changes] = difference(con, *(at_folder(one, one.name) for one in made)).tables
        rows = list(changes.rows(con))
    counted = {
        kind: Counter(tuple((row.new or row.old).values()) for row in rows if row.kind == kind)
        for kind in ("added", "removed")
    }
    now, was = Counter([*new, *old[:3]]), Counter(old)
    assert counted == {"added": now - was, "removed": was - now} and {row.key for row in rows} <= {""}
    assert sum(changes.counts.values()) == len(rows)


def test_the_order_of_rows_and_columns_alone_changes_no_cell(tmp_path):
    fields = [field("id"), field("x"), field("y")]
    old = release(tmp_path / "old", [table("t", fields, [["1", "a", None], ["2", None, "b"]], "id")])
    new = release(tmp_path / "new", [table("t", fields[::-1], [["b", None, "2"], [None, "a", "1"]], "id")])
    with compared(old, new) as found:
        assert [change.what for change in found.schema] == ["order of fields"] and not any(found.tables)


def test_rows_come_in_the_order_of_their_keys_and_as_many_as_are_asked_for(tmp_path):
    fields = [field("id", "integer"), field("x")]
    old = release(tmp_path / "old", [table("t", fields, [["10", "a"], ["9", "a"], ["100", "a"]], "id")])
    new = release(tmp_path / "new", [table("t", fields, [["10", "b"], ["9", "b"], ["2", "b"]], "id")])
    with compared(old, new) as found:
        [changes] = found.tables
        assert [(row.key, row.kind) for row in changes.rows(found.con)] == [
            ("2", "added"), ("9", "changed"), ("10", "changed"), ("100", "removed")
        ]  # fmt: skip
        for limit in range(6):
            assert len(list(changes.rows(found.con, limit))) == min(limit, 4)
        assert [row.key for row in changes.rows(found.con, 1, ("removed",))] == ["100"]
    rows = [["1", "a"]] * 5
    some = release(tmp_path / "some", [table("t", fields, rows[:1])])
    more = release(tmp_path / "more", [table("t", fields, rows)])
    with compared(some, more) as found:
        assert [len(list(found.tables[0].rows(found.con, limit))) for limit in (0, 3, 4, None)] == [0, 3, 4, 4]
        assert found.tables[0].counts == {"added": 4}


def test_a_blank_is_a_blank_however_it_is_written(tmp_path):
    """Of a field whose blanks are written NA, an empty cell is an empty text."""
    fields, rows = [field("id"), field("x")], [["1", None], ["2", "NA"], ["3", "a"]]
    old = release(tmp_path / "old", [table("t", fields, rows, "id")])
    fields = [field("id"), field("x", missingValues=["NA"])]
    new = release(tmp_path / "new", [table("t", fields, [["1", "NA"], ["2", "NA"], ["3", ""]], "id")])
    with compared(old, new) as found:
        cells = {row.key: row.cells for row in found.tables[0].rows(found.con)}
    assert cells == {"2": (("x", "NA", None),), "3": (("x", "a", ""),)}
    # The same file, read by another contract.
    also = release(tmp_path / "also", [table("t", [fields[0], field("x", missingValues=["", "NA"])], rows, "id")])
    with compared(old, also) as found:
        assert [row.cells for row in found.tables[0].rows(found.con)] == [(("x", "NA", None),)]


def test_another_key_matches_rows_that_had_it_before(tmp_path):
    fields = [field("id"), field("code"), field("x")]
    old = release(tmp_path / "old", [table("t", fields, [["1", "p", "a"], ["2", "q", "b"]], "id")])
    new = release(tmp_path / "new", [table("t", fields, [["7", "p", "a"], ["8", "q", "c"]], "code")])
    with compared(old, new) as found:
        [changes] = found.tables
        assert {row.key: [c.column for c in row.cells] for row in changes.rows(found.con)} == {
            "p": ["id"], "q": ["id", "x"]
        }  # fmt: skip
    same = release(tmp_path / "same", [table("t", fields, [["1", "p", "a"], ["2", "p", "b"]], "id")])
    with compared(same, new) as found:
        [changes] = found.tables
        assert changes and changes.why_not == "no row of 1.0.0 can be told by the present primary key, code"
        assert list(changes.rows(found.con)) == []
    other = release(tmp_path / "other", [table("t", [*fields, field("new")], [["1", "p", "a", "z"]], "new")])
    with compared(old, other) as found:
        assert found.tables[0].why_not.endswith("the present primary key, new")
    none = release(tmp_path / "none", [table("t", fields, [["1", "p", "a"], ["2", "q", "c"]])])
    with compared(old, none) as found:
        assert found.tables[0].counts == {"added": 1, "removed": 1}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["1", "a"], ["1", "b"]], 'in t, "1" stands twice or is blank; expected each id once'),
        ([["1", "a"], [None, "b"]], 'in t, "" stands twice or is blank; expected each id once'),
        ([["1", "a,b\nc"], ["2"]], "t: its CSV file is not sound"),
    ],
)
def test_files_that_are_not_what_their_contract_says(rows, said, tmp_path):
    fields = [field("id"), field("x")]
    sound = release(tmp_path / "sound", [table("t", fields, [["5", "a"], ["6", "b"]], "id")])
    wrong = release(tmp_path / "wrong", [table("t", fields, rows, "id")])
    for pair in ((sound, wrong), (wrong, sound)):
        with pytest.raises(FmdataError) as caught, compared(*pair):
            pass
        assert said in str(caught.value)


def test_a_count_that_is_not_so(tmp_path):
    sound = release(tmp_path / "sound", [table("t", [field("id")], [["5"]], "id")])
    wrong = release(tmp_path / "wrong", [table("t", [field("id")], [["5"], ["6"]], "id")])
    text = (wrong / "datapackage.json").read_text()
    (wrong / "datapackage.json").write_text(text.replace('"rowCount": 2', '"rowCount": 3'))
    with pytest.raises(FmdataError, match=r"^new: t has 2 rows; its descriptor says 3\."), compared(sound, wrong):
        pass


def test_equal_files_are_not_read(tmp_path):
    """Neither file has the rows that its descriptor tells, which nobody sees who does not read them."""
    made = [release(tmp_path / name, [table("t", [field("id")], [["5"]], "id")]) for name in ("a", "b")]
    for one in made:
        text = (one / "datapackage.json").read_text()
        (one / "datapackage.json").write_text(text.replace('"rowCount": 1', '"rowCount": 3'))
    with compared(*made) as found:
        assert not found


def test_every_type_without_a_key_and_as_a_key(tmp_path):
    """Rows are ordered by their values, of whatever type, and what is no value of its type by its text."""
    values = {"integer": "9 10", "number": "9.5 10", "boolean": "false true", "date": "2024-01-01 2024-01-02",
              "time": "09:00:00 10:00:00", "datetime": "2024-01-01T00:00:00 2024-01-02T00:00:00", "year": "0999 2000",
              "yearmonth": "2024-01 2024-02", "duration": "P1D P2D", "string": "a b", "any": "a b",
              "object": '{"a":1} {"a":2}', "array": "[1] [2]"}  # fmt: skip
    first, second = ([text.split()[n] for text in values.values()] for n in (0, 1))
    fields = [field(f"f_{kind}", kind) for kind in values]
    keys = [own["name"] for own in fields if own["type"] not in ("object", "array")]
    for key in ((), keys):
        old = release(tmp_path / f"old{len(key)}", [table("t", fields, [first, second], key)])
        new = release(tmp_path / f"new{len(key)}", [table("t", fields, [], key)])
        with compared(old, new) as found:
            assert [list(row.old.values()) for row in found.tables[0].rows(found.con)] == [first, second]


def test_keys_that_share_a_hash_are_two(tmp_path, monkeypatch):
    monkeypatch.setattr(sides, "_HASH", "length")
    fields = [field("id"), field("x")]
    old = release(tmp_path / "old", [table("t", fields, [["1", "a"], ["2", "a"]], "id")])
    new = release(tmp_path / "new", [table("t", fields, [["1", "a"], ["3", "a"]], "id")])
    with compared(old, new) as found:
        assert found.tables[0].counts == {"added": 1, "removed": 1}
