"""A project without a pipeline: every type is read strictly, kept exactly, and written so that it reads back."""

from __future__ import annotations

import csv
import io
import json

import duckdb
import pytest

# type, options -> texts that are values with what is published for them, and texts that are not values
TYPES = [
    ("string", {}, {"a b": "a b", " x": " x", "é": "é"}, []),
    ("string", {"format": "email"}, {"a@b.org": "a@b.org"}, ["a@b", "a b@c.de"]),
    ("string", {"format": "uri"}, {"https://a.org/x?y": "https://a.org/x?y"}, ["a.org/x", "http:// x"]),
    ("string", {"format": "uuid"}, {"123e4567-e89b-12d3-a456-426614174000": "123e4567-e89b-12d3-a456-426614174000"},
     ["123e4567"]),
    ("string", {"format": "binary"}, {"aGk=": "aGk="}, ["aGk"]),
    ("any", {}, {"x1": "x1"}, []),
    ("integer", {}, {"7": "7", "-7": "-7", "+7": "7", "007": "7", "9223372036854775807": "9223372036854775807"},
     ["7.0", "7,000", "1e3", "x", "9223372036854775808", "٧"]),
    ("integer", {"groupChar": ","}, {"7,000": "7000"}, ["7.5"]),
    ("integer", {"bareNumber": False}, {"$7": "7", "8%": "8"}, ["x"]),
    ("number", {}, {"4.20": "4.2", "1e3": "1000", "-.5": "-0.5", "73": "73"},
     ["NaN", "INF", "1,5", "0x1", "1e999", "1e-999", "0.12345678901234567890"]),
    ("number", {"title": "17 digits"}, {"0.30000000000000004": "0.30000000000000004"}, ["0.300000000000000041"]),
    ("number", {"decimalChar": ",", "groupChar": "."}, {"1.234,5": "1234,5"}, ["abc"]),
    ("boolean", {}, {"true": "true", "True": "true", "1": "true", "0": "false"}, ["yes", "t", "2"]),
    ("boolean", {"trueValues": ["yes"], "falseValues": ["no"]}, {"yes": "yes", "no": "no"}, ["true"]),
    ("date", {}, {"2024-02-29": "2024-02-29"}, ["2023-02-29", "epoch", "2024-2-9", "infinity", "09/08/2024"]),
    ("date", {"format": "%d/%m/%Y"}, {"08/09/2024": "08/09/2024"}, ["8/9/2024", "2024-09-08", "31/02/2024"]),
    ("time", {}, {"13:45:00": "13:45:00", "13:45:00.5": "13:45:00.5"}, ["24:00:00", "1:45", "13:60:00"]),
    ("time", {"format": "%H:%M"}, {"13:45": "13:45"}, ["13:45:00"]),
    ("datetime", {}, {"2024-09-08T13:45:00": "2024-09-08T13:45:00"}, ["2024-09-08 13:45:00", "2024-09-08T13:45:00Z"]),
    ("datetime", {"format": "%Y-%m-%dT%H:%M:%SZ"}, {"2024-09-08T13:45:00Z": "2024-09-08T13:45:00Z"}, ["2024-09-08"]),
    ("year", {}, {"2024": "2024", "0099": "0099"}, ["24", "20245", "-100"]),
    ("yearmonth", {}, {"2024-09": "2024-09"}, ["2024-13", "2024-9"]),
    ("duration", {}, {"P1Y2M": "P1Y2M", "PT1.5S": "PT1.5S", "P2W": "P2W"}, ["P", "PT", "1D", "P1D2"]),
    ("object", {}, {'{"a": 1}': '{"a": 1}'}, ["[1]", "{a}", "1"]),
    ("array", {}, {"[1, 2]": "[1, 2]"}, ['{"a": 1}', "[1"]),
]  # fmt: skip
IDS = [" ".join([kind, *map(str, options.values())]) for kind, options, _, _ in TYPES]


def table(values):
    """A CSV text with the columns id and value."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([("id", "value"), *((i, v) for i, v in enumerate(values, 1))])
    return text.getvalue()


def schema(kind, options):
    fields = [{"name": "id", "type": "integer"}, {"name": "value", "type": kind, **options}]
    return {"fields": fields, "primaryKey": "id"}


@pytest.mark.parametrize(("kind", "options", "good", "bad"), TYPES, ids=IDS)
def test_values_are_published_and_read_back(small, run, kind, options, good, bad):
    root = small(schema(kind, options), {"raw/t.csv": table([*good, ""])})
    result = run("build", "--root", root)
    assert result.exit_code == 0, result.output
    with (root / "dist/latest/data/t.csv").open(encoding="utf-8", newline="") as stream:
        assert [row["value"] for row in csv.DictReader(stream)] == [*good.values(), ""]
    with duckdb.connect(str(root / "dist/latest/small.duckdb"), read_only=True) as con:
        assert con.execute("SELECT count(value), count(*) FROM t").fetchall() == [(len(good), len(good) + 1)]


@pytest.mark.parametrize(("kind", "options", "good", "bad"), [t for t in TYPES if t[3]], ids=[
    i for i, t in zip(IDS, TYPES, strict=True) if t[3]])  # fmt: skip
def test_what_is_no_value_is_refused_with_its_line(small, run, kind, options, good, bad):
    root = small(schema(kind, options), {"raw/t.csv": table([*good, *bad])})
    result = run("check", "--format", "json", "--root", root)
    assert result.exit_code == 1
    found = [(f["file"], f["line"], f["field"], f["rule"]) for f in json.loads(result.stdout)]
    first = len(good) + 2
    assert found == [("raw/t.csv", first + i, "value", "type") for i in range(len(bad))]


def test_a_newline_inside_a_cell_keeps_physical_lines(small, run):
    root = small(schema("integer", {}), {"raw/t.csv": 'id,value\n1,"5\n"\n2,6\n3,x\n'})
    found = json.loads(run("check", "--format", "json", "--root", root).stdout)
    assert [(f["line"], f["rule"]) for f in found] == [(2, "type"), (5, "type")]


def test_missing_values_are_blanks_and_other_texts_are_not(small, run):
    shape = {**schema("string", {}), "missingValues": ["", "NA"]}
    root = small(shape, {"raw/t.csv": "id,value\n1,NA\n2,\n3,N/A\n"})
    assert run("build", "--root", root).exit_code == 0
    assert (root / "dist/latest/data/t.csv").read_text() == "id,value\n1,\n2,\n3,N/A\n"
    answer = run("query", "SELECT count(value) AS n FROM t", "--format", "csv", "--root", root)
    assert answer.stdout == "n\n1\n"


def test_without_a_blank_among_missing_values_an_empty_text_is_a_value(small, run):
    shape = {**schema("string", {}), "missingValues": ["NA"]}
    root = small(shape, {"raw/t.csv": "id,value\n1,NA\n2,\n"})
    assert run("build", "--root", root).exit_code == 0
    answer = run("query", "SELECT id, value FROM t ORDER BY id", "--format", "json", "--root", root)
    assert json.loads(answer.stdout) == [{"id": 1, "value": None}, {"id": 2, "value": ""}]


def test_several_folders_feed_one_table(small, run):
    files = {"raw/a/t.csv": "id,value\n1,x\n", "raw/b/t.csv": "id,value\n2,y\n1,z\n"}
    root = small(schema("string", {}), files)
    found = json.loads(run("check", "--format", "json", "--root", root).stdout)
    assert [(f["file"], f["line"], f["rule"]) for f in found] == [("raw/b/t.csv", 3, "primary key")]
    assert "raw/a/t.csv:2" in found[0]["expected"]


def test_a_closed_list_can_be_a_foreign_key(tmp_path, run):
    kinds = {"name": "kind", "type": "string", "constraints": {"required": True, "enum": ["a", "b"]}}
    resources = [
        {"name": "t", "path": "raw/t.csv", "schema": {
            "fields": [{"name": "id", "type": "integer"}, kinds], "primaryKey": "id",
            "foreignKeys": [{"fields": "kind", "reference": {"resource": "kinds", "fields": "kind"}}]}},
        {"name": "kinds", "path": "raw/kinds.csv", "schema": {
            "fields": [{"name": "kind", "type": "string"}], "primaryKey": "kind"}},
    ]  # fmt: skip
    descriptor = {"name": "small", "title": "Small", "version": "0.1.0", "licenses": [{"name": "CC0-1.0"}]}
    texts = {
        "datapackage.json": json.dumps({**descriptor, "contributors": [{"title": "X"}], "resources": resources}),
        "raw/t.csv": "id,kind\n1,a\n", "raw/kinds.csv": "kind\na\nb\n", "LICENSE": "CC0\n", "CHANGELOG.md": "# C\n",
    }  # fmt: skip
    for file, text in texts.items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(text)
    assert run("build", "--root", tmp_path).exit_code == 0
