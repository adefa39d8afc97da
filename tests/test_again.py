"""Rows that may break a key are read again, and only they: by their lines where a line is a row, else among all."""

from __future__ import annotations

import csv
import io
import json
import random
from collections import Counter

import numpy as np
import polars as pl
import pytest

from fmdata.checks import PassingKeys
from fmdata.extracts import blocks, picked, read_blocks
from fmdata.extracts.frames import Frames
from packing import write_parquet


@pytest.mark.parametrize("chunk", [1, 5, 1 << 16])
def test_lines_are_picked_where_each_is_a_record_and_few_are_wanted(monkeypatch, chunk):
    monkeypatch.setattr(picked, "_CHUNK", chunk)
    lines = [b"%d,%s\n" % (n, b"x" * (n % 7)) for n in range(100)]
    body = b"".join(lines)
    for wanted in ([], [0], [99], [0, 1, 50, 98, 99]):
        assert picked.picked(body, 100, np.array(wanted, np.int64)) == b"".join(lines[n] for n in wanted)
    assert picked.picked(body, 99, np.array([1])) is None
    assert picked.picked(body, 100, np.arange(50)) is None


@pytest.mark.parametrize("by_row", [False, True])
@pytest.mark.parametrize("breaks", ["", "\n"])
@pytest.mark.parametrize("block", [1, 300, 1 << 24])
def test_records_read_again_are_those_read_before(tmp_path, monkeypatch, by_row, breaks, block):
    """Of several files, the first of which begins with the sign that is a byte order mark at the start of a text."""
    monkeypatch.setattr(blocks, "BLOCK", block)
    chance, files = random.Random(block), {}
    for number in range(3):
        files[f"{number}.csv"] = path = tmp_path / f"{number}.csv"
        stream = io.StringIO()
        rows = [[f"\ufeff{number}.{row}", chance.choice(["a,b", 'q"', "", "é", breaks])] for row in range(60)]
        csv.writer(stream, lineterminator="\n").writerows([["a", "b"], *rows])
        path.write_text(stream.getvalue(), encoding="utf-8")
    frames, doubted = Frames(["a", "b"], (by_row,) * 3, "_file", "_line"), []
    made = [frames.frame(parts) for parts in read_blocks(files, ["a", "b"], doubted)]
    assert not doubted
    for seen, frame in zip(frames.seen, made, strict=True):
        for share in (0.05, 0.5, 1):
            wanted = np.flatnonzero([chance.random() < share for _ in range(len(frame))])
            found = frames.again([*files.values()], seen, ["a"], wanted)
            assert found.select("a", "_file", "_line").equals(frame[wanted].select("a", "_file", "_line"))


FIELDS = {name: {"name": name, "title": name, "description": "A value."} for name in ("id", "other", "a", "b", "size")}
FIELDS["a"]["type"] = FIELDS["size"]["type"] = "integer"
FIELDS["other"]["constraints"] = {"unique": True}
CHILDREN = {
    "fields": [*FIELDS.values()],
    "primaryKey": "id",
    "foreignKeys": [{"fields": ["a", "b"], "reference": {"resource": "parents", "fields": ["a", "b"]}}],
}
PARENTS = {"fields": [FIELDS["a"], FIELDS["b"]], "primaryKey": ["a", "b"]}


def drawn(chance, count, breaks):
    """Rows of children: a few keys given twice, blank, blank in part, leading nowhere, or beside what is no value."""
    for number in range(count):
        draw = chance.random
        yield [
            f"c{number if draw() > 0.01 else chance.randrange(count)}{breaks * (draw() < 0.1)}",
            f"o{number if draw() > 0.01 else chance.randrange(count)}" if draw() > 0.3 else "",
            "" if (blank := draw() < 0.2) else str(chance.randrange(20) + 50 * (draw() < 0.01)),
            "" if blank ^ (draw() < 0.01) else "x",
            str(number) if draw() > 0.03 else "many",
        ]


def expected(rows, parents):
    """What is wrong with rows of children, each with its file and line: as (file, line, field, rule)."""
    for field, key, rule in ((0, "id", "primary key"), (1, "other", "unique")):
        seen = set()
        for file, line, row in rows:
            if row[field] and row[field] in seen:
                yield file, line, key, rule
            seen.add(row[field])
    for file, line, row in rows:
        if row[4] == "many":
            yield file, line, "size", "type"
        if (row[2] == "") != (row[3] == "") or (row[2] and int(row[2]) not in parents):
            yield file, line, "a, b", "foreign key"


def shared(rows):
    """The numbers of the rows whose key, or other one, another row has too."""
    for field in (0, 1):
        times = Counter(row[field] for *_, row in rows)
        yield from (number for number, (*_, row) in enumerate(rows) if row[field] and times[row[field]] > 1)


@pytest.mark.parametrize("first", ["parents", "children"])
@pytest.mark.parametrize("form", ["lines", "breaks", "parquet"])
@pytest.mark.parametrize("block", [1 << 9, 1 << 24])
def test_rows_that_break_a_key_are_told_with_their_places(small, run, monkeypatch, first, form, block):
    """Of two files, whatever is in doubt beside them, and wherever the parents stand in the contract."""
    monkeypatch.setattr(blocks, "BLOCK", block)
    chance = random.Random(f"{first} {form} {block}")
    root = small(PARENTS, {"raw/parents.csv": "a,b\n" + "".join(f"{n},x\n" for n in range(20))})
    rows, files = [], ["raw/one/children.csv", "raw/two/children.csv"]
    children = [*drawn(chance, 700, "\n" * (form != "lines"))]
    for number, file in enumerate(files):
        path, own = root / file, children[number::2]
        path.parent.mkdir()
        stream, line = io.StringIO(), 2
        for row in own:
            rows.append((file, line, row))
            line += 1 + row[0].count("\n")
        csv.writer(stream, lineterminator="\n").writerows([[*FIELDS], *own])
        path.write_text(stream.getvalue(), encoding="utf-8")
        if form == "parquet":
            write_parquet(path.with_suffix(".parquet"), f"FROM read_csv('{path}', all_varchar = true)")
            path.unlink()
    if form == "parquet":
        half = len(children[0::2])
        rows = [(f"{f[:-3]}parquet", n % half + 1, row) for n, (f, _, row) in enumerate(rows)]
    path = root / "datapackage.json"
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    one, tables = descriptor["resources"][0], {"parents": PARENTS, "children": CHILDREN}
    descriptor["resources"] = [
        {**one, "name": name, "path": f"dist/latest/data/{name}.csv", "schema": tables[name]}
        for name in sorted(tables, reverse=first == "parents")
    ]
    path.write_text(json.dumps(descriptor), encoding="utf-8")
    suspicious, looked = PassingKeys.suspicious, {}

    def seen(keys, con, resource):
        looked[resource.name] = suspicious(keys, con, resource)
        return looked[resource.name]

    monkeypatch.setattr(PassingKeys, "suspicious", seen)
    told = json.loads(run("check", "--data-only", "--format", "json", "--root", root).stdout)
    wanted = Counter(expected(rows, range(20)))
    assert {rule for *_, rule in wanted} == {"primary key", "unique", "foreign key", "type"}
    assert Counter((f["file"], f["line"], f["field"], f["rule"]) for f in told) == wanted
    lost = {(file, line) for file, line, _, rule in wanted if rule == "foreign key"}
    wrong = {number for number, (file, line, _) in enumerate(rows) if (file, line) in lost}
    assert {*looked["children"]} == wrong | {*shared(rows)} and not len(looked["parents"])


def test_frames_of_text_have_the_rows_they_are_asked_for(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "".join(f"{n},x\n" for n in range(50)))
    frames = Frames(["a", "b"], (False,), "_file", "_line")
    for parts in read_blocks({"t.csv": path}, ["a", "b"], []):
        frames.frame(parts)
    # As many lines as before, but other ones: what is picked is not what it was.
    path.write_text("a,b\n" + "".join(f"{n},x\n" for n in range(49)).replace("7,x\n", '7,"\n', 1) + "9,x\n")
    with pytest.raises(pl.exceptions.PolarsError):
        frames.again([path], frames.seen[0], ["a"], np.array([7]))
