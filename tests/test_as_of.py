"""Tables as of a released version are what that release held, row by row, whatever happened since."""

from __future__ import annotations

import csv
import datetime
import io
import json
import subprocess
import sys
import zipfile

import duckdb
import pytest

from histories import TOMBSTONES, alike, append, build_released, change, edited, log, orchard

pytestmark = pytest.mark.usefixtures("without_frictionless")
KINDS = {
    "id": {"type": "string", "constraints": {"required": True}},
    "part": {"type": "integer", "constraints": {"required": True}},
    "whole": {"type": "integer"},
    "number": {"type": "number"},
    "comma": {"type": "number", "decimalChar": ","},
    "truth": {"type": "boolean", "trueValues": ["yes"], "falseValues": ["no"]},
    "date": {"type": "date"},
    "day": {"type": "date", "format": "%d.%m.%Y"},
    "time": {"type": "time"},
    "moment": {"type": "datetime"},
    "year": {"type": "year"},
    "month": {"type": "yearmonth"},
    "text": {"type": "string"},
    "never": {"type": "string", "missingValues": []},
    "na": {"type": "string", "missingValues": ["NA"]},
    "naught": {"type": "integer", "missingValues": ["NA", "-"]},
    "came": {"type": "string"},
    "place": {"type": "string"},
}
FULL = 'b,1,4,0.1,"2,5",yes,2024-02-29,29.02.2024,12:00:00,2024-02-29T12:00:00,0099,2024-02,"a, ""b""",x,y,3,c,p\n'
BARE = "b,2,,,,,,,,,,,,,NA,NA,,\n"
THINGS = ",".join(KINDS) + "\n" + FULL + BARE + FULL.replace("b,1", "b x,1") + FULL.replace("b,1", "*,1")
# A version, and what is replaced in which file before it is released.
STEPS = {
    "1.0.1": [("raw/things.csv", FULL, 'b,1,5,0.25,"3,5",no,2024-03-01,01.03.2024,12:00:01.5,2024-03-01T12:00:00,'
               '0100,2024-03,c,"",N,-4,d,q\n'), ("raw/trees.csv", "a1,apple,4", "a1,apple,5")],
    "1.1.0": [("raw/things.csv", BARE, FULL.replace("b,1", "b,2") + FULL.replace("b,1", "c,1")),
              ("raw/things.csv", "b,1,5,0.25", "b,1,6,1e-7")],
    "1.2.0": [("raw/things.csv", 'b,1,6,1e-7,"3,5",no,2024-03-01,01.03.2024,12:00:01.5,2024-03-01T12:00:00,0100,'
               '2024-03,c,"",N,-4,d,q\n', BARE.replace("b,2", "b,1")),
              ("raw/things.csv", FULL.replace("b,1", "c,1"), FULL.replace("b,1", "c,1").replace("c,1,4", "c,1,8")),
              ("raw/things.csv", FULL.replace("b,1", "*,1"), ""), ("raw/harvests.csv", "p1,2023,12\n", "")],
}  # fmt: skip
BURIED = ("things,* 1,withdrawn,,1.2.0,No thing.", "harvests,p1 2023,merged,a1 2023,1.2.0,Of another tree.")
VERSIONS = ("1.0.0", *STEPS, "2.0.0", "3.0.0", "4.0.0")
NAMES = {"beings": "things", "metres": "height"}


def things(root):
    """The orchard, and in it a table with fields of every kind."""
    orchard(root)
    fields = [{"name": own, **words} for own, words in KINDS.items()]
    schema = {"fields": fields, "primaryKey": ["id", "part"]}
    for file, place in (("datapackage.json", "dist/latest/data/things.csv"), ("raw/datapackage.json", "things.csv")):
        with edited(root / file) as contract:
            contract["resources"].insert(0, {"name": "things", "path": place, "schema": schema})
    (root / "raw/things.csv").write_text(THINGS)
    (root / "pipeline/tables/things.sql").write_text("SELECT * FROM raw.things")
    return root


@pytest.fixture(scope="module")
def grown(tmp_path_factory, without_frictionless):
    """A project of seven releases: change nothing in it."""
    root = things(tmp_path_factory.mktemp("grown") / "project")
    build_released(root, "1.0.0")
    for version, edits in STEPS.items():
        for edit in edits:
            change(root, *edit)
        if version == "1.2.0":
            append(root, TOMBSTONES, *BURIED)
        build_released(root, version)
    # A field more, and one of another name.
    with edited(root / "datapackage.json") as contract:
        trees = contract["resources"][1]["schema"]["fields"]
        trees[2]["name"] = "metres"
        trees.append({"name": "ripe", "type": "boolean"})
    change(root, "pipeline/tables/trees.sql", "height", "height AS metres, tree_id = 'a1' AS ripe")
    corrections = root / "raw/curation/corrections.csv"
    corrections.write_text(corrections.read_text().replace(",height,", ",metres,"))
    keys = ("trees a2 height 2026-01-02", "trees p1 height 2026-01-03")
    append(root, TOMBSTONES, *(f"corrections,{key},withdrawn,,2.0.0,Of another name." for key in keys))
    build_released(root, "2.0.0")
    # A table of another name.
    with edited(root / "datapackage.json") as contract:
        contract["resources"][0] |= {"name": "beings", "path": "dist/latest/data/beings.csv"}
    (root / "pipeline/tables/things.sql").rename(root / "pipeline/tables/beings.sql")
    build_released(root, "3.0.0")
    # A table more, a value of the new field is another, and once more one of the field with a new name.
    shape = {"fields": [{"name": "bird", "type": "string"}], "primaryKey": "bird"}
    for file, place in (("datapackage.json", "dist/latest/data/birds.csv"), ("raw/datapackage.json", "birds.csv")):
        with edited(root / file) as contract:
            contract["resources"].append({"name": "birds", "path": place, "schema": shape})
    (root / "raw/birds.csv").write_text("bird\ntit\n")
    (root / "pipeline/tables/birds.sql").write_text("SELECT * FROM raw.birds")
    change(root, "pipeline/tables/trees.sql", "tree_id = 'a1'", "tree_id != 'a1'")
    change(root, "raw/trees.csv", "a1,apple,5", "a1,apple,6")
    build_released(root, "4.0.0")
    return root


@pytest.fixture(scope="module")
def con(grown):
    with duckdb.connect(str(grown / "dist/latest/orchard.duckdb"), read_only=True) as con:
        yield con


def typed(own, text):
    """The value that a published text is, by the words of its field alone."""
    kind, missing = own["type"], own.get("missingValues", [""])
    if text in missing:
        return None
    if kind == "boolean":
        return {"yes": True, "no": False, "true": True, "false": False}[text]
    if own.get("format"):
        return datetime.datetime.strptime(text, own["format"]).date()
    kinds = {"integer": int, "year": int, "date": datetime.date.fromisoformat, "time": datetime.time.fromisoformat,
             "datetime": datetime.datetime.fromisoformat,
             "number": lambda text: float(text.replace(own.get("decimalChar", "."), "."))}  # fmt: skip
    return kinds.get(kind, str)(text)


def frozen(root, version):
    """The tables of a release, out of its zip: fields, and rows of values by field, all in the order of their keys."""
    with zipfile.ZipFile(root / f"dist/releases/{version}/orchard-{version}.zip") as archive:
        contract = json.loads(archive.read(f"orchard-{version}/datapackage.json"))
        for resource in contract["resources"]:
            text = archive.read(f"orchard-{version}/data/{resource['name']}.csv").decode()
            fields = {own["name"]: own for own in resource["schema"]["fields"]}
            rows = [{own: typed(fields[own], cell) for own, cell in row.items()} for row in
                    csv.DictReader(io.StringIO(text, newline=""))]  # fmt: skip
            yield resource["name"], fields, rows


@pytest.mark.parametrize("version", VERSIONS)
def test_every_table_is_what_the_release_held(grown, con, version):
    held = {table: (fields, rows) for table, fields, rows in frozen(grown, version) if table != "_changes"}
    for now in ("beings", "trees", "harvests", "corrections", "tombstones", *(["birds"] if "birds" in held else [])):
        fields, rows = held[now if now in held else NAMES[now]]
        answer = con.execute(f"FROM {now}_as_of('{version}')")
        names = [column[0] for column in answer.description]
        before = {own: own if own in fields else NAMES.get(own) for own in names}
        expected = [{own: row[was] if was else None for own, was in before.items()} for row in rows]
        assert alike(dict(zip(names, row, strict=True)) for row in answer.fetchall()) == alike(expected), now


def test_there_is_something_to_tell_apart(grown):
    trees = {version: {table: rows for table, _, rows in frozen(grown, version)} for version in VERSIONS}
    assert len({repr(held.get("things")) for held in trees.values()}) == len(STEPS) + 2


def test_a_table_that_was_not_there_yet_cannot_be_asked(con):
    with pytest.raises(duckdb.Error, match="birds was not there yet, or its rows cannot be matched"):
        con.execute("FROM birds_as_of('1.0.0')").fetchall()


@pytest.mark.parametrize("version", ["0.9.0", "1.0", "", "9.9.9", "1.0.0 "])
def test_an_unknown_version_is_told(con, version):
    for own in ("trees", "tombstones", "birds"):
        with pytest.raises(duckdb.Error, match=r"expected one of the versions 1\.0\.0, 1\.0\.1, .*; found " + version):
            con.execute(f"FROM {own}_as_of($1)", [version]).fetchall()


def test_an_unknown_version_is_told_where_nothing_changed_yet(tmp_path, run):
    root = orchard(tmp_path / "orchard")
    assert run("build", "--root", root).exit_code == 0
    told = run("query", "FROM trees_as_of('0.9.0')", "--root", root)
    assert told.exit_code == 1 and "expected one of the versions 1.0.0; found 0.9.0" in told.stderr
    assert run("query", "FROM trees_as_of(NULL)", "--root", root).exit_code == 1
    answer = run("query", "SELECT count(*) AS n FROM trees_as_of('1.0.0')", "--format", "csv", "--root", root)
    assert answer.stdout == "n\n3\n"


READ = """
import duckdb, json, sys
con = duckdb.connect(sys.argv[1], read_only=True)
ask = lambda table, version: con.execute(f"FROM {table}_as_of('{version}')").fetchall()
print(json.dumps([[table, version, sorted(map(repr, ask(table, version)))]
                  for table in ("beings", "trees", "harvests", "tombstones") for version in sys.argv[2:]]))
"""


@pytest.mark.heavy
@pytest.mark.parametrize("version", ["1.2.2", "1.4.4"])
def test_an_older_duckdb_gives_the_same_answers(grown, tmp_path, version):
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*pip, "--target", tmp_path / "lib", f"duckdb=={version}"], check=True)
    command = [sys.executable, "-c", READ, str(grown / "dist/latest/orchard.duckdb"), *VERSIONS]
    old, new = (
        json.loads(subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout)
        for env in ({"PYTHONPATH": str(tmp_path / "lib")}, {})
    )
    assert old == new


def test_a_value_of_another_type_is_told_and_the_others_are_not_lost(tmp_path, run):
    root = orchard(tmp_path / "orchard")
    for file in ("datapackage.json", "raw/datapackage.json"):
        with edited(root / file) as contract:
            contract["resources"][0]["schema"]["fields"][2] = {"name": "height", "type": "string"}
    change(root, "raw/trees.csv", "p1,pear,7", "p1,pear,tall")
    change(root, "raw/curation/corrections.csv", "p1,height,7", "p1,height,tall")
    build_released(root, "1.0.0")
    for file in ("datapackage.json", "raw/datapackage.json"):
        with edited(root / file) as contract:
            contract["resources"][0]["schema"]["fields"][2] = {"name": "height", "type": "integer"}
    change(root, "raw/trees.csv", "p1,pear,tall", "p1,pear,7")
    build_released(root, "2.0.0")
    ask = "SELECT tree_id, {} FROM trees_as_of('1.0.0') ORDER BY ALL"
    kinds = run("query", ask.format("kind"), "--format", "csv", "--root", root)
    assert kinds.stdout == "tree_id,kind\na1,apple\na2,apple\np1,pear\n"
    told = run("query", ask.format("height"), "--root", root)
    assert told.exit_code == 1 and "trees.height was of another type: it has no such value as tall" in told.stderr


def test_what_changed_before_the_history_began_is_not_known(tmp_path, run):
    root = orchard(tmp_path / "orchard")
    with edited(root / "datapackage.json") as contract:
        contract["resources"].pop()
    build_released(root, "1.0.0")
    change(root, "raw/trees.csv", "a1,apple,4", "a1,apple,5")
    build_released(root, "1.0.1")
    with edited(root / "datapackage.json") as contract:
        contract["resources"].append(log())
    change(root, "raw/trees.csv", "a1,apple,5", "a1,apple,6")
    build_released(root, "1.1.0")
    ask = ("SELECT height FROM trees_as_of('{}') WHERE tree_id = 'a1'", "--format", "csv", "--root", root)
    assert run("query", ask[0].format("1.0.1"), *ask[1:]).stdout == "height\n5\n"
    assert run("query", ask[0].format("1.1.0"), *ask[1:]).stdout == "height\n6\n"
    told = run("query", ask[0].format("1.0.0"), *ask[1:])
    assert told.exit_code == 1 and "its rows cannot be matched with these, in the version 1.0.0" in told.stderr
