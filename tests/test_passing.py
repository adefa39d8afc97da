"""Keys of rows that are not held: what hashes leave in doubt is looked at again, and told as if all had been held."""

from __future__ import annotations

import json
import random
from collections import Counter
from itertools import pairwise

import polars as pl
import pytest

from fmdata.checks import PassingKeys, hashes
from fmdata.extracts import blocks

PARENTS = {
    "fields": [
        {"name": "a", "type": "integer", "title": "A", "description": "A number."},
        {"name": "b", "type": "string", "title": "B", "description": "A text."},
        {"name": "c", "type": "number", "title": "C", "description": "One each.", "constraints": {"unique": True}},
    ],
    "primaryKey": ["a", "b"],
}
CHILDREN = {
    "fields": [
        {"name": "id", "type": "string", "title": "Id", "description": "A name."},
        {"name": "a", "type": "integer", "title": "A", "description": "Half of the key of a parent."},
        {"name": "b", "type": "string", "title": "B", "description": "The other half."},
    ],
    "primaryKey": "id",
    "foreignKeys": [{"fields": ["a", "b"], "reference": {"resource": "parents", "fields": ["a", "b"]}}],
}


@pytest.fixture
def project(small):
    """Makes a project of the two tables out of the rows of their extracts."""

    def make(parents, children):
        root = small(PARENTS, {"raw/parents.csv": parents, "raw/children.csv": children})
        path = root / "datapackage.json"
        descriptor = json.loads(path.read_text(encoding="utf-8"))
        one = descriptor["resources"][0]
        tables = {"parents": PARENTS, "children": CHILDREN}
        descriptor["resources"] = [
            {**one, "name": name, "path": f"dist/latest/data/{name}.csv", "schema": schema}
            for name, schema in tables.items()
        ]
        path.write_text(json.dumps(descriptor), encoding="utf-8")
        return root

    return make


@pytest.mark.parametrize("block", [1, 200, 1 << 24])
@pytest.mark.parametrize("together", [2, 1 << 22])
def test_keys_that_break_are_found_wherever_they_stand(project, run, monkeypatch, block, together):
    """05 is 5 and -0.0 is 0, so that they are one key; a text with a comma or a line feed moves the lines."""
    monkeypatch.setattr(blocks, "BLOCK", block)
    monkeypatch.setattr(hashes, "TOGETHER", together)
    parents = 'a,b,c\n5,x,0\n6,"y,\nz",1\n05,x,2\n7,w,-0.0\n8,v,\n9,v,\n'
    children = 'id,a,b\none,5,x\ntwo,6,"y,\nz"\nthree,,\nfour,4,x\nfive,,x\none,7,w\nsix,07,w\n'
    told = json.loads(run("check", "--format", "json", "--root", project(parents, children)).stdout)
    assert [(f["file"], f["line"], f["field"], f["rule"]) for f in told] == [
        ("raw/children.csv", 6, "a, b", "foreign key"),
        ("raw/children.csv", 7, "a, b", "foreign key"),
        ("raw/children.csv", 8, "id", "primary key"),
        ("raw/parents.csv", 5, "a, b", "primary key"),
        ("raw/parents.csv", 6, "c", "unique"),
    ]
    assert "the first is at raw/parents.csv:2" in told[3]["expected"]
    assert "the first is at raw/children.csv:2" in told[2]["expected"]


def test_what_two_keys_share_by_chance_is_no_failure(project, run, monkeypatch):
    """With one hash for all, every row is looked at again, and only those that break a key are told."""
    monkeypatch.setattr("fmdata.checks.passing.key_hash", lambda _: pl.repeat(1, pl.len(), dtype=pl.UInt64))
    parents = "a,b,c\n1,x,1\n2,x,2\n3,x,3\n2,x,4\n"
    told = json.loads(run("check", "--format", "json", "--root", project(parents, "id,a,b\nm,1,x\nn,2,x\n")).stdout)
    assert [(f["file"], f["line"], f["rule"]) for f in told] == [("raw/parents.csv", 5, "primary key")]
    assert run("check", "--root", project("a,b,c\n1,x,1\n2,x,2\n", "id,a,b\nm,1,x\nn,2,x\n")).exit_code == 0


@pytest.mark.parametrize("together", [1, 7, 64, 1 << 22])
def test_repeated_hashes_are_those_that_stand_more_than_once(tmp_path, monkeypatch, together):
    monkeypatch.setattr(hashes, "TOGETHER", together)
    chance = random.Random(together)
    drawn = [chance.choice([n, n << 32, n << 56]) for n in chance.choices(range(1, 200), k=300)]
    kept = hashes.Hashes(tmp_path / "keys")
    assert kept.repeated().is_empty()
    for start, end in pairwise([0, 1, 100, 100, 300]):
        kept.add(pl.Series(drawn[start:end], dtype=pl.UInt64))
    assert sorted(kept.repeated()) == sorted(value for value, times in Counter(drawn).items() if times > 1)


@pytest.mark.parametrize("left", [0, 12, 18])
def test_an_extract_that_changes_while_it_is_read_is_told(project, run, monkeypatch, left):
    """Rows that may break a key are read again; they may be gone by then."""
    root = project("a,b,c\n1,x,1\n2,x,2\n2,x,3\n", "id,a,b\n")
    suspicious = PassingKeys.suspicious

    def meanwhile(*given):
        path = root / "raw/parents.csv"
        path.write_bytes(path.read_bytes()[:left])
        return suspicious(*given)

    monkeypatch.setattr(PassingKeys, "suspicious", meanwhile)
    told = run("check", "--root", root)
    assert told.exit_code == 1 and "raw/parents.csv: changed while it was read. Run again." in told.stderr


def test_rows_in_doubt_are_judged_alike_early_and_late(project, run, monkeypatch):
    """Once something is wrong, rows in doubt are put aside, those of some batches judged together."""
    monkeypatch.setattr(blocks, "BLOCK", 1)
    chance = random.Random(1)
    numbers = chance.choices(["1e2", "x", "0.30000000000000004", "7", "", "1,5"], k=200)
    parents = "a,b,c\n" + "".join(f'{n % 150},"{n}",{json.dumps(c)}\n' for n, c in enumerate(numbers))
    told = json.loads(run("check", "--format", "json", "--root", project(parents, "id,a,b\n")).stdout)
    wrong = [n + 2 for n, text in enumerate(numbers) if text in ("x", "1,5")]
    assert [f["line"] for f in told if f["rule"] == "type"] == wrong
    valued = [text for text in numbers if text not in ("x", "1,5", "")]
    assert Counter(f["rule"] for f in told)["unique"] == len(valued) - len(set(valued))
