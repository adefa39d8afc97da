"""What curators enter: `fmdata add` writes what a whole release was made of, or nothing."""

from __future__ import annotations

import json

import click.testing
import pytest

from curating import IDS, contents, counts, lines, refused, told


def test_a_row_goes_where_the_order_wants_it_and_its_consequences_are_told(run, built_orchard):
    found = told(run, "add", "trees", "--set", "tree_id=b1", "--set", "kind=plum", "--root", built_orchard)
    assert lines(built_orchard, "raw/trees.csv")[3:] == ["b1,plum,,", "p1,pear,7,2001-10-15"]
    assert found["written"] and found["files"] == ["raw/trees.csv"]
    row = {"tree_id": "b1", "kind": "plum"}
    assert found["rows"] == [{"table": "trees", "file": "raw/trees.csv", "line": 4, "row": row}]
    assert counts(found) == {"trees": [1, 0, 0]}
    assert found["minimum"] is None


def test_a_dry_run_says_the_same_and_writes_nothing(run, built_orchard):
    pairs = ("add", "trees", "--set", "tree_id=b1", "--set", "kind=plum", "--root", built_orchard)
    before = contents(built_orchard)
    dry = told(run, *pairs, "--dry-run")
    text = run(*pairs, "--dry-run").stdout
    assert contents(built_orchard) == before
    assert (
        "raw/trees.csv:4: would be entered; all checks hold.\n\nAgainst the current build:\n\ntrees: 1 added\n  + b1\n"
        in text
    )
    assert {**told(run, *pairs), "written": False} == dry


@pytest.mark.parametrize("text", [
    '{"tree_id": "b1", "kind": "plum", "height": 3}\n{"tree_id": "c1", "kind": "cherry", "planted": "2020-01-02"}\n',
    '[{"tree_id": "b1", "kind": "plum", "height": "3"},\n{"tree_id": "c1", "kind": "cherry", "planted": "2020-01-02"}]',
    '\ufeff{"tree_id": "b1",\n "kind": "plum", "height": 3}'
    '{"tree_id": "c1", "kind": "cherry", "planted": "2020-01-02", "height": null}',
])  # fmt: skip
def test_rows_as_json_are_entered_together(run, built_orchard, text):
    found = told(run, "add", "trees", "--root", built_orchard, input=text)
    assert [row["line"] for row in found["rows"]] == [4, 5]
    assert lines(built_orchard, "raw/trees.csv")[3:5] == ["b1,plum,3,", "c1,cherry,,2020-01-02"]


def test_lines_are_those_of_the_file_as_it_is_written(run, built_orchard):
    text = '{"tree_id": "c1", "kind": "cherry"}{"tree_id": "b1", "kind": "a\\nplum"}'
    found = told(run, "add", "trees", "--root", built_orchard, input=text)
    assert lines(built_orchard, "raw/trees.csv")[3:6] == ['b1,"a', 'plum",,', "c1,cherry,,"]
    assert [(row["row"]["tree_id"], row["line"]) for row in found["rows"]] == [("c1", 6), ("b1", 4)]


@pytest.mark.parametrize(("text", "said"), [
    ("", "No row: give columns"),
    ("[]", "there is no row"),
    ('{"tree_id": "b1"', "standard input:1:17: not JSON"),
    ('{"tree_id": "b1", "kind": "plum"}\n\n{"tree_id": }', "standard input:3:13: not JSON"),
    ('{"tree_id": "b1", "kind": "plum"}\n"b2"', 'standard input:2: ""b2"" is no row'),
    ('[\n{"tree_id": "b1", "kind": "plum"},\n3]', 'standard input:3: "3" is no row'),
    ('[\n{"tree_id": "b1", "girth": 3}]', 'standard input:2: trees has no column "girth"'),
    ('{"tree_id": "b1",\n"kind": "plum", "kind": "pear"}', 'standard input:1: the column "kind" stands twice'),
    ('{"tree_id": ["b1"]}', "tree_id is"),
    ('{"tree_id": "b1", "height": NaN}', "NaN is no JSON"),
    ('{"tree_id": "b1", "height": ' + "9" * 5000 + "}", "cannot be read as JSON"),
    ('{"tree_id": "\\ud800", "kind": "plum"}', "is no text that UTF-8 can hold"),
    ("[" * 100_000, "cannot be read as JSON"),
    (b'{"tree_id": "b\xff"}', "not UTF-8 text"),
])  # fmt: skip
def test_what_is_no_row_is_told_with_its_line(run, built_orchard, text, said):
    assert said in refused(run, built_orchard, "add", "trees", input=text, code=2 if text == "" else 1)


@pytest.mark.parametrize(("pairs", "code", "said"), [
    (["girth=3"], 2, "the column one of tree_id, kind, height, planted"),
    (["tree_id"], 2, "expected COLUMN=VALUE"),
    (["tree_id=b1", "tree_id=b2"], 2, "the column tree_id is set twice"),
    (["tree_id=a1", "kind=plum"], 1, "raw/trees.csv:"),
    (["tree_id=b1", "kind=plum", "height=tall"], 1, 'raw/trees.csv:4 height: "tall" is not a value of the type'),
    (["tree_id=b1"], 1, "raw/trees.csv:4 kind: the cell is blank"),
    (["tree_id=b1", "kind==1+1"], 1, "formula"),
])  # fmt: skip
def test_a_row_that_does_not_fit_is_refused(run, built_orchard, pairs, code, said):
    options = [word for pair in pairs for word in ("--set", pair)]
    assert said in refused(run, built_orchard, "add", "trees", *options, code=code)


def test_one_bad_row_of_several_keeps_all_of_them_out(run, built_orchard):
    text = '{"tree_id": "b1", "kind": "plum"}{"tree_id": "c1", "kind": "cherry", "height": 0}'
    assert "height" in refused(run, built_orchard, "add", "trees", input=text)
    told_json = run("add", "trees", "--format", "json", "--root", built_orchard, input=text)
    assert (told_json.exit_code, json.loads(told_json.stdout)[0]["rule"]) == (1, "minimum")


@pytest.mark.parametrize("table", ["shrubs", "provenance", "anchors", "word_runs"])
def test_tables_that_nobody_enters_rows_in(run, park, table):
    assert f'there is no extract "{table}" to enter rows in' in refused(run, park, "add", table, "--set", "a=b")


def test_a_file_of_several_is_named_by_its_folder(run, park):
    row = ("--set", "label=lime", "--set", "line=2")
    assert "trees has 2 files; expected one, in one of the folders bench-walk, oak-walk" in refused(
        run, park, "add", "trees", *row
    )
    assert "trees has no files in raw/nowhere" in refused(run, park, "add", "trees", *row, "--folder", "nowhere")


def test_a_project_without_a_manifest(run, small):
    shape = {"fields": [{"name": "id", "type": "integer"}, {"name": "seen", "type": "boolean"}], "primaryKey": "id",
             "missingValues": ["-"]}  # fmt: skip
    root = small(shape, {"raw/t.csv": "id,seen\n1,true\n10,-\n"})
    found = told(run, "add", "t", "--root", root, input='[{"id": 9, "seen": false}, {"id": 8}]')
    assert lines(root, "raw/t.csv") == ["id,seen", "1,true", "8,-", "9,false", "10,-"]
    assert found["tables"] is None, "there was no build to compare it with"


def test_files_that_are_not_as_they_should_be(run, small):
    root = small(IDS, {"raw/t.csv": "id\n1"})
    assert "its last line does not end" in refused(run, root, "add", "t", "--set", "id=2")
    for text, said in (("no\n1\n", "its header"), ('id\n"1\n', "not CSV"), ("id\n1,2\n", "found 2 cells")):
        (root / "raw/t.csv").write_text(text)
        assert said in refused(run, root, "add", "t", "--set", "id=2")


def test_what_changed_since_the_build_is_told_apart(run, built_orchard):
    assert run("build", "--root", built_orchard).exit_code == 0
    first, second = ("--set", "tree_id=b1"), ("--set", "tree_id=c1")
    assert told(run, "add", "trees", *first, "--set", "kind=plum", "--root", built_orchard)["changed_since_build"] == []
    found = told(run, "add", "trees", *second, "--set", "kind=plum", "--dry-run", "--root", built_orchard)
    assert (found["changed_since_build"], counts(found)) == (["raw/trees.csv"], {"trees": [2, 0, 0]})
    text = run("add", "trees", *second, "--set", "kind=plum", "--root", built_orchard).stdout
    assert "(with what changed since then in raw/trees.csv)\n" in text


# Places and their anchors

PLACE = ("--set", "label=board", "--set", "line=3", "--set", "sentence=1", "--folder", "oak-walk")


def test_a_new_place_needs_the_captured_text(run, park):
    row = ("--set", "label==1+1", "--set", "line=3", "--set", "sentence=1", "--folder", "oak-walk")
    assert "--source" not in refused(run, park, "add", "trees", *row)
    assert "Give the captured text with --source" in refused(run, park, "add", "trees", *PLACE)


def test_with_the_captured_text_the_place_is_anchored_with_the_row(run, park):
    assert run("build", "--root", park).exit_code == 0
    source = park / "captures/oak-walk.txt"
    found = told(run, "add", "trees", *PLACE, "--source", source, "--root", park)
    assert found["files"] == ["raw/oak-walk/trees.csv", "raw/oak-walk/anchors.csv", "raw/oak-walk/word_runs.csv"]
    assert counts(found)["passages"] == [1, 0, 0] and "provenance" in counts(found)
    assert run("check", "--root", park).exit_code == 0
    absent = ("--set", "label=poplar", "--set", "line=3", "--set", "sentence=1", "--folder", "oak-walk")
    said = refused(run, park, "add", "trees", *absent, "--source", source)
    assert '"poplar" does not stand in sentence 1 of line 3' in said


# Questions


@pytest.fixture
def terminal(monkeypatch):
    """Standard input is a terminal."""
    monkeypatch.setattr(click.testing._NamedTextIOWrapper, "isatty", lambda self: self.name == "<stdin>")


def test_on_a_terminal_columns_are_explained_and_asked_for_until_they_are_right(run, built_orchard, terminal):
    result = run("add", "trees", "--root", built_orchard, input="b1\n\nplum\n0\ntall\n3\n\n")
    assert result.exit_code == 0, result.output
    assert lines(built_orchard, "raw/trees.csv")[3] == "b1,plum,3,"
    assert "string; key; a value" in result.stderr.replace("required", "a value")
    for said in ("A value is needed", '"0" breaks minimum', '"tall" is not a value of the type integer'):
        assert said in result.stderr
    assert result.stdout.startswith("raw/trees.csv:4: entered; all checks hold.\n")


@pytest.mark.parametrize("answers", ["", "b1\n", "b1\nplum\n3"])
def test_questions_that_are_broken_off_write_nothing(run, built_orchard, terminal, answers):
    assert "Aborted!" in refused(run, built_orchard, "add", "trees", input=answers)


def test_closed_lists_and_blanks_are_explained(run, small, terminal):
    field = {"name": "size", "type": "string", "title": "Size", "description": "How tall it is.",
             "blank": "Nobody looked.", "constraints": {"enum": ["s", "l"]},
             "categories": [{"value": "s", "label": "Short."}, {"value": "l", "label": "Long."}]}  # fmt: skip
    root = small({"fields": [{"name": "id", "type": "integer", "unit": "metre"}, field], "primaryKey": "id"},
                 {"raw/t.csv": "id,size\n1,s\n"})  # fmt: skip
    result = run("add", "t", "--root", root, input="2\nm\nl\n")
    assert result.exit_code == 0, result.output
    assert "id\n  integer (metre); key" in result.stderr
    assert (
        "size  Size: How tall it is.\n  string; one of s (Short.), l (Long.)\n  Blank: Nobody looked." in result.stderr
    )
    assert lines(root, "raw/t.csv") == ["id,size", "1,s", "2,l"]
