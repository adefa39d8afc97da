"""What curators enter: `fmdata add` and `fmdata correct` write what a whole release was made of, or nothing."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import click.testing
import pytest

from fmdata import swap
from fmdata.freeze import freeze
from fmdata.release import build

BASES = Path(__file__).parent / "bases"
CORRECTIONS = "raw/curation/corrections.csv"
IDS = {"fields": [{"name": "id", "type": "integer", "constraints": {"required": True}}]}
WHY = ("--reason", "Measured again.", "--date", "2026-03-01")


@pytest.fixture
def orchard(tmp_path):
    return Path(shutil.copytree(BASES / "orchard", tmp_path / "orchard"))


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """The orchard, built: look at it, change nothing in it."""
    root = Path(shutil.copytree(BASES / "orchard", tmp_path_factory.mktemp("once") / "orchard"))
    build(root, lambda _: None)
    return root


@pytest.fixture
def built(once, tmp_path):
    return Path(shutil.copytree(once, tmp_path / "built"))


@pytest.fixture
def park(tmp_path):
    return Path(shutil.copytree(BASES / "park", tmp_path / "park"))


def contents(root):
    """Every file of a project but the lock and the record of builds, which are nobody's data."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name not in (".lock", ".built.json")
    }


def lines(root, file):
    return (root / file).read_text(encoding="utf-8").splitlines()


def told(run, *arguments, **options):
    """What a command says as JSON; it must have ended well."""
    result = run(*arguments, "--format", "json", **options)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(run, root, *arguments, code=1, **options):
    """What a command says on standard error; it must have written nothing and left nothing behind."""
    before = contents(root)
    result = run(*arguments, "--root", root, **options)
    assert result.exit_code == code, result.output
    assert contents(root) == before
    assert not [path for path in (root / "dist").glob(".*") if path.name not in (".lock", ".built.json")]
    return result.stderr


def counts(found):
    return {table["table"]: [table[kind] for kind in ("added", "removed", "changed")] for table in found["tables"]}


# Adding


def test_a_row_goes_where_the_order_wants_it_and_its_consequences_are_told(run, built):
    found = told(run, "add", "trees", "--set", "tree_id=b1", "--set", "kind=plum", "--root", built)
    assert lines(built, "raw/trees.csv")[3:] == ["b1,plum,,", "p1,pear,7,2001-10-15"]
    assert found["written"] and found["files"] == ["raw/trees.csv"]
    row = {"tree_id": "b1", "kind": "plum"}
    assert found["rows"] == [{"table": "trees", "file": "raw/trees.csv", "line": 4, "row": row}]
    assert counts(found) == {"trees": [1, 0, 0]}
    assert found["minimum"] is None


def test_a_dry_run_says_the_same_and_writes_nothing(run, built):
    pairs = ("add", "trees", "--set", "tree_id=b1", "--set", "kind=plum", "--root", built)
    before = contents(built)
    dry = told(run, *pairs, "--dry-run")
    text = run(*pairs, "--dry-run").stdout
    assert contents(built) == before
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
def test_rows_as_json_are_entered_together(run, built, text):
    found = told(run, "add", "trees", "--root", built, input=text)
    assert [row["line"] for row in found["rows"]] == [4, 5]
    assert lines(built, "raw/trees.csv")[3:5] == ["b1,plum,3,", "c1,cherry,,2020-01-02"]


def test_lines_are_those_of_the_file_as_it_is_written(run, built):
    text = '{"tree_id": "c1", "kind": "cherry"}{"tree_id": "b1", "kind": "a\\nplum"}'
    found = told(run, "add", "trees", "--root", built, input=text)
    assert lines(built, "raw/trees.csv")[3:6] == ['b1,"a', 'plum",,', "c1,cherry,,"]
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
def test_what_is_no_row_is_told_with_its_line(run, built, text, said):
    assert said in refused(run, built, "add", "trees", input=text, code=2 if text == "" else 1)


@pytest.mark.parametrize(("pairs", "code", "said"), [
    (["girth=3"], 2, "the column one of tree_id, kind, height, planted"),
    (["tree_id"], 2, "expected COLUMN=VALUE"),
    (["tree_id=b1", "tree_id=b2"], 2, "the column tree_id is set twice"),
    (["tree_id=a1", "kind=plum"], 1, "raw/trees.csv:"),
    (["tree_id=b1", "kind=plum", "height=tall"], 1, 'raw/trees.csv:4 height: "tall" is not a value of the type'),
    (["tree_id=b1"], 1, "raw/trees.csv:4 kind: the cell is blank"),
    (["tree_id=b1", "kind==1+1"], 1, "formula"),
])  # fmt: skip
def test_a_row_that_does_not_fit_is_refused(run, built, pairs, code, said):
    options = [word for pair in pairs for word in ("--set", pair)]
    assert said in refused(run, built, "add", "trees", *options, code=code)


def test_one_bad_row_of_several_keeps_all_of_them_out(run, built):
    text = '{"tree_id": "b1", "kind": "plum"}{"tree_id": "c1", "kind": "cherry", "height": 0}'
    assert "height" in refused(run, built, "add", "trees", input=text)
    told_json = run("add", "trees", "--format", "json", "--root", built, input=text)
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


def test_what_changed_since_the_build_is_told_apart(run, built):
    assert run("build", "--root", built).exit_code == 0
    first, second = ("--set", "tree_id=b1"), ("--set", "tree_id=c1")
    assert told(run, "add", "trees", *first, "--set", "kind=plum", "--root", built)["changed_since_build"] == []
    found = told(run, "add", "trees", *second, "--set", "kind=plum", "--dry-run", "--root", built)
    assert (found["changed_since_build"], counts(found)) == (["raw/trees.csv"], {"trees": [2, 0, 0]})
    text = run("add", "trees", *second, "--set", "kind=plum", "--root", built).stdout
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


def test_on_a_terminal_columns_are_explained_and_asked_for_until_they_are_right(run, built, terminal):
    result = run("add", "trees", "--root", built, input="b1\n\nplum\n0\ntall\n3\n\n")
    assert result.exit_code == 0, result.output
    assert lines(built, "raw/trees.csv")[3] == "b1,plum,3,"
    assert "string; key; a value" in result.stderr.replace("required", "a value")
    for said in ("A value is needed", '"0" breaks minimum', '"tall" is not a value of the type integer'):
        assert said in result.stderr
    assert result.stdout.startswith("raw/trees.csv:4: entered; all checks hold.\n")


@pytest.mark.parametrize("answers", ["", "b1\n", "b1\nplum\n3"])
def test_questions_that_are_broken_off_write_nothing(run, built, terminal, answers):
    assert "Aborted!" in refused(run, built, "add", "trees", input=answers)


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


# Correcting


def corrected(root):
    with (root / CORRECTIONS).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_correction_is_a_row_and_what_follows_from_it_is_told(run, built):
    select = "SELECT harvest.tree_id, harvest.year, kilos / height AS kilos, harvest._file, harvest._line"
    (built / "pipeline/tables/harvests.sql").write_text(
        f"{select} FROM raw.harvests AS harvest JOIN trees AS tree ON tree.tree_id = harvest.tree_id"
    )
    assert run("build", "--root", built).exit_code == 0
    options = (*WHY, "--evidence", "A tape.", "--by", "a visitor", "--role", "reader")
    found = told(run, "correct", "trees", "a1", "height", "5", *options, "--root", built)
    [row] = [row for row in corrected(built) if row["row_key"] == "a1"]
    assert list(row.values()) == ["trees", "a1", "height", "4", "5", "Measured again.", "A tape.", "2026-03-01",
                                  "a visitor", "reader", "accepted"]  # fmt: skip
    assert lines(built, CORRECTIONS)[1].startswith("trees,a1,"), "where its key wants it"
    assert counts(found) == {"corrections": [1, 0, 0], "harvests": [0, 0, 1], "trees": [0, 0, 1]}
    assert found["changelog"] is None
    assert run("build", "--root", built).exit_code == 0
    assert "a1,apple,5,1999-04-01" in lines(built, "dist/latest/data/trees.csv")


def test_what_is_not_said_has_a_default(run, built, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1772323200")
    result = run("correct", "harvests", "p1 2023", "kilos", "012.50", "--reason", "Weighed.", "--root", built)
    assert result.exit_code == 0, result.output
    [row] = [row for row in corrected(built) if row["table_name"] == "harvests"]
    assert (row["right_value"], row["reported_on"], row["reported_by"], row["reporter_role"], row["status"]) == (
        "12.5", "2026-03-01", "A gardener", "curator", "accepted",
    )  # fmt: skip


def test_the_least_version_and_the_line_of_the_changelog(run, built):
    freeze(built, "2026-01-05", lambda _: None, 1_400_000_000)
    before = contents(built)
    result = run("correct", "trees", "a1", "planted", "--blank", *WHY, "--dry-run", "--root", built)
    assert result.exit_code == 0, result.output
    assert contents(built) == before
    assert "trees: 1 changed\n  ~ a1\n      planted  1999-04-01 → (blank)\n" in result.stdout
    assert "The least version after 0.1.0 is 0.1.1 (patch); it is 0.1.0, which is too low.\n" in result.stdout
    assert "patch  values corrected           trees: 1 row changed (planted): a1\n" in result.stdout
    assert "In the changelog:\n  - a1, `planted`: 1999-04-01 → (blank)\n" in result.stdout
    found = told(run, "add", "trees", "--set", "tree_id=b1", "--set", "kind=plum", "--dry-run", "--root", built)
    assert (found["minimum"]["version"], found["minimum"]["bump"]) == ("0.2.0", "minor")


def test_a_contract_on_one_line_stays_as_it_is(run, small):
    root = small(IDS, {"raw/t.csv": "id\n1\n", "CHANGELOG.md": "# Changes\n\n## [Unreleased]\n"})
    freeze(root, "2026-01-05", lambda _: None, 1_400_000_000)
    before = (root / "datapackage.json").read_bytes()
    found = told(run, "add", "t", "--set", "id=2", "--root", root)
    assert (found["minimum"]["version"], counts(found)) == ("0.2.0", {"t": [1, 0, 0]})
    assert (root / "datapackage.json").read_bytes() == before


def test_a_proposed_correction_is_not_applied(run, built):
    found = told(run, "correct", "trees", "a2", "height", "2", *WHY, "--status", "proposed", "--root", built)
    assert counts(found) == {"corrections": [1, 0, 0]}


def test_an_older_correction_is_superseded_if_one_says_so(run, built):
    cell = ("correct", "trees", "a2", "height")
    said = refused(run, built, *cell, "2", *WHY)
    assert f"{CORRECTIONS}:2: the cell has an accepted correction already" in said and "--supersede" in said
    assert "the cell says nothing already" in refused(run, built, *cell, "--blank", *WHY, "--supersede")
    assert 'the cell says "3" already' in refused(run, built, *cell, "3", *WHY, "--supersede")
    found = told(run, *cell, "2", *WHY, "--supersede", "--root", built)
    assert [(row["wrong_value"], row["right_value"], row["status"]) for row in corrected(built)[:2]] == [
        ("", "3", "superseded"), ("", "2", "accepted"),
    ]  # fmt: skip
    assert counts(found) == {"corrections": [1, 0, 1], "trees": [0, 0, 1]}
    assert run("build", "--root", built).exit_code == 0


@pytest.mark.parametrize(("arguments", "said"), [
    (["shrubs", "a1", "height", "5"], 'there is no table "shrubs"'),
    (["corrections", "a1", "reason", "x"], 'there is no table "corrections"'),
    (["trees", "z9", "height", "5"], 'trees has no row with the key "z9"'),
    (["harvests", "p1", "kilos", "5"], "expected the tree_id, year of one, joined by blanks"),
    (["trees", "a1", "girth", "5"], "expected one of kind, height, planted"),
    (["trees", "a1", "tree_id", "a9"], "Keys are for ever"),
    (["trees", "a1", "height", "4"], 'the cell says "4" already'),
    (["trees", "a1", "height", "+4"], 'the cell says "4" already'),
    (["trees", "a1", "height", "tall"], '"tall" is no value of trees.height'),
    (["trees", "a1", "kind", ""], "trees.kind may not be blank"),
    (["trees", "a1", "height", "0"], "minimum"),
    (["trees", "a1", "height", "5", "--status", "done"], "status"),
])  # fmt: skip
def test_what_cannot_be_corrected(run, built, arguments, said):
    assert said in refused(run, built, "correct", *arguments, *WHY)


@pytest.mark.parametrize("arguments", [["5", "--blank"], [], ["5", "--date", ""]])
def test_a_correction_that_is_not_all_there(run, built, arguments):
    code = 1 if "--date" in arguments else 2
    refused(run, built, "correct", "trees", "a1", "height", *arguments, "--reason", "x", code=code)


def test_without_a_build_or_an_extract_for_corrections(run, orchard, small):
    assert "there is no build" in refused(run, orchard, "correct", "trees", "a1", "height", "5", *WHY)
    root = small(IDS, {"raw/t.csv": "id\n1\n"})
    assert "no extract has the role corrections" in refused(run, root, "correct", "t", "1", "id", "5", *WHY)


def test_an_older_build_makes_a_stale_correction(run, built):
    text = (built / "raw/trees.csv").read_text()
    (built / "raw/trees.csv").write_text(text.replace("a1,apple,4", "a1,apple,6"))
    said = refused(run, built, "correct", "trees", "a1", "height", "5", *WHY)
    assert f'{CORRECTIONS}:2 wrong_value: the cell says "6", not "4"' in said


# What it is made in, and whatever interrupts it


def test_where_there_are_no_links_files_are_copied(run, built, monkeypatch):
    def refuse(*_):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    assert counts(told(run, "add", "trees", "--set", "tree_id=b1", "--set", "kind=plum", "--root", built))


def test_more_failures_than_are_shown_are_all_in_a_file_of_the_project(run, built):
    text = "".join(json.dumps({"tree_id": f"b{n}", "kind": "plum", "height": 0}) for n in range(1_001))
    result = run("add", "trees", "--root", built, input=text)
    assert (result.exit_code, "all are in dist/failures.csv" in result.stderr) == (1, True)
    assert len(lines(built, "dist/failures.csv")) == 1_002
    assert "b1" not in (built / "raw/trees.csv").read_text()


@pytest.mark.parametrize("error", [KeyboardInterrupt, PermissionError])
@pytest.mark.parametrize("where", ["fmdata.proposal.make", "fmdata.proposal.replace_files"])
def test_whatever_interrupts_it_nothing_is_written(run, built, monkeypatch, error, where):
    def broken(*_, **__):
        raise error(13, "Permission denied", "trees.csv")

    monkeypatch.setattr(where, broken)
    refused(run, built, "add", "trees", "--set", "tree_id=b1", "--set", "kind=plum")


def test_while_a_build_is_at_work_nothing_is_entered(run, built):
    with swap.staging(built / "dist"):
        result = run("add", "trees", "--set", "tree_id=b1", "--set", "kind=plum", "--root", built)
    assert (result.exit_code, "another build is at work" in result.stderr) == (1, True)
    assert "b1" not in (built / "raw/trees.csv").read_text()


def test_a_file_that_cannot_be_written(run, built, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, _: Path(path).name != "trees.csv")
    said = refused(run, built, "add", "trees", "--set", "tree_id=b1", "--set", "kind=plum")
    assert "raw/trees.csv: the file cannot be written" in said


def test_an_error_names_the_project_not_the_folder_aside(run, built):
    (built / "CHANGELOG.md").unlink()
    said = refused(run, built, "add", "trees", "--set", "tree_id=b1", "--set", "kind=plum")
    assert f"CHANGELOG.md: there is no such file in {built}; a release needs it" in said
