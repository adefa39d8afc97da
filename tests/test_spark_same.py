"""Sound and faulty projects of some size through both engines, with files whole, split and split within cells."""

from __future__ import annotations

import gzip
import json
import random

import duckdb
import pytest

import everything
from conftest import write_small
from fmdata.files import REPORT

pytestmark = pytest.mark.spark
SCHEMA = {
    "fields": [
        {"name": "id", "type": "integer", "title": "Id", "description": "A number."},
        {"name": "kind", "type": "string", "title": "Kind", "constraints": {"enum": ["a", "b"]}},
        {"name": "words", "type": "string", "title": "Words", "description": "Any text.", "missingValues": ["-"]},
        {"name": "up", "type": "integer", "title": "Up", "description": "Another row, or none."},
    ],
    "primaryKey": "id",
    "foreignKeys": [{"fields": "up", "reference": {"resource": "", "fields": "id"}}],
}  # fmt: skip
WORDS = ["plain", "é, ü", 'said "so"', "日本", "", "-", "x" * 300]


def rows(count, seed, breaks=False, faults=0):
    """CSV text of so many rows; some cells hold line breaks, or are faulty: of a type, an enum, a key, a reference."""
    chance = random.Random(seed)
    words = [*WORDS, "two\nlines", "three\n\nmore\n"] if breaks else WORDS
    bad = set(chance.sample(range(1, count), faults))
    lines = ["id,kind,words,up\n"]
    for n in range(count):
        cells = [str(n), chance.choice("ab"), chance.choice(words), str(n // 9) if n else ""]
        if n in bad:
            which = chance.randrange(4)
            cells[which] = [str(n - 1), "c", "=SUM(A1)", "10_0"][which]
        quoted = '"' + cells[2].replace('"', '""') + '"' if set(cells[2]) & set(',"\n') else cells[2]
        lines.append(f"{cells[0]},{cells[1]},{quoted},{cells[3]}\n")
    return "".join(lines)


@pytest.mark.parametrize("breaks", [False, True])
@pytest.mark.parametrize("size", [1 << 30, 40_000])
@pytest.mark.parametrize("faults", [0, 300])
def test_a_table_is_the_same_however_it_is_split(tmp_path, both, splits, breaks, size, faults):
    splits(size)
    files = {f"raw/s{n}/t.csv": "id,kind,words,up\n" for n in range(3)}
    whole = rows(6_000, 7, breaks, faults)
    root = write_small(tmp_path / "p", SCHEMA, {**files, "raw/t.csv": whole})
    ours, theirs = both(root)
    assert ours == theirs
    assert ours[0] == ("failures" if faults else "built")


def test_of_very_many_faults_both_write_the_same_list(tmp_path, both, splits):
    splits(60_000)
    root = write_small(tmp_path / "p", SCHEMA, {"raw/t.csv": rows(9_000, 3, faults=2_500)})
    ours, theirs = both(root)
    assert ours == theirs and ours[0] == "failures" and ours[3] == REPORT
    assert sum(ours[2].values()) >= 2_500


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text[:-1],
        lambda text: b"\xef\xbb\xbf" + text[:-1],
        lambda text: text.replace(b"plain", b"pl\xffin", 1),
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text + b"\n",
        lambda text: text.replace(b",a,", b",a,a,", 1),
        lambda text: text.replace(b",a,", b',a,"', 1),
        lambda text: text.replace(b"id,kind", b"id,kynd", 1),
        lambda text: text + b"9,a," + b"y" * (1 << 20) + b",\n",
    ],
)
def test_what_is_wrong_with_bytes_is_told_alike_of_a_split_file(tmp_path, both, splits, spoil):
    splits(50_000)
    root = write_small(tmp_path / "p", SCHEMA, {"raw/t.csv": ""})
    (root / "raw/t.csv").write_bytes(spoil(rows(4_000, 5, breaks=True).encode()))
    ours, theirs = both(root)
    assert ours == theirs and ours[0] == "failures"


def test_every_type_and_format_is_the_same(tmp_path, both, splits):
    root = everything.project(tmp_path / "project", everything.COMMON)
    for size in (1 << 30, 500):
        splits(size)
        ours, theirs = both(root)
        assert ours == theirs and ours[0] == "built"


SELECT = """
-- One row is one row of the extract, with what its kind has in common.
WITH numbered AS (
    SELECT kind, string_agg(CAST(id AS VARCHAR), '+' ORDER BY id DESC) AS ids, count(*) AS many
    FROM raw.t WHERE id % 97 = 0 GROUP BY kind
)
SELECT
    t.id,
    t.kind,
    regexp_replace(upper(left(t.words, 9)), '[^A-Z]', '_', 'g') || '/' || coalesce(n.ids, '') || '/'
        || row_number() OVER (PARTITION BY t.kind ORDER BY t.id) AS words,
    CASE WHEN t.up % 2 = 0 THEN t.up END AS up,
    t._file,
    t._line
FROM raw.t AS t
LEFT JOIN numbered AS n USING (kind)
"""


def test_a_table_that_a_select_makes_is_the_same(tmp_path, both, splits):
    for size in (1 << 30, 20_000):
        splits(size)
        more = "".join(f"{n},b,w {n},\n" for n in range(5_000, 5_900))
        files = {"raw/t.csv": rows(1_500, 4), "raw/s/t.csv": f"id,kind,words,up\n{more}"}
        files["pipeline/tables/t.sql"] = SELECT
        ours, theirs = both(write_small(tmp_path / str(size), SCHEMA, files))
        assert ours == theirs and ours[0] == "built" and ours[2] == {"t": 2_400}


def test_odd_names_are_no_matter(tmp_path, both):
    names = ["id", "a.b", 'k 2"`', "first", "rows", "c0", "Ünder"]
    schema = {"fields": [{"name": name, "type": "string"} for name in names], "primaryKey": ["id", "a.b"]}
    root = write_small(tmp_path / "p", schema, {})
    contract = json.loads((root / "datapackage.json").read_text(encoding="utf-8"))
    contract["resources"][0] |= {"name": "a-b", "path": "dist/latest/data/a-b.csv"}
    (root / "datapackage.json").write_text(json.dumps(contract), encoding="utf-8")
    header = ",".join('"' + name.replace('"', '""') + '"' for name in names)
    (root / "raw").mkdir()
    (root / "raw/a-b.csv").write_text(f"{header}\n" + "".join(f"{n},x,y,z,,,\n" for n in range(9)), encoding="utf-8")
    ours, theirs = both(root)
    assert ours == theirs and ours[0] == "built"


def test_working_columns_may_have_any_name(tmp_path, both):
    select = "SELECT *, 'x' AS _stage, id AS _told, 1 AS _nth, kind AS \"_a.b\" FROM raw.t"
    files = {"raw/t.csv": rows(20, 4), "pipeline/tables/t.sql": select}
    ours, theirs = both(write_small(tmp_path / "p", SCHEMA, files))
    assert ours == theirs and ours[0] == "built"


def test_compressed_and_columnar_extracts_are_the_same(tmp_path, both):
    root = write_small(tmp_path / "p", SCHEMA, {"raw/b/t.csv": rows(500, 1)})
    (root / "raw/a").mkdir()
    (root / "raw/a/t.csv.gz").write_bytes(gzip.compress(b"id,kind,words,up\n900,a,first,\n901,b,-,900\n"))
    columns = "unnest([910, 911]) AS id, 'a' AS kind, 'w' AS words, unnest([NULL, 910]) AS up"
    duckdb.sql(f"COPY (SELECT {columns}) TO '{root}/raw/t.parquet'")
    ours, theirs = both(root)
    assert ours == theirs and ours[0] == "built" and ours[2] == {"t": 504}
    (root / "raw/a/t.csv.gz").write_bytes(b"\x1f\x8b\x08 nothing more")
    ours, theirs = both(root)
    assert ours == theirs and ours[0] == "failures"


def test_the_release_is_what_its_descriptor_says(tmp_path, spark, splits):
    import hashlib

    from fmdata.spark import publishing
    from fmdata.spark.build import build, prepared

    splits(40_000)
    root = write_small(tmp_path / "p", SCHEMA, {"raw/t.csv": rows(6_000, 7)})
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(publishing, "_ROWS", 700)
        build(spark, prepared(root), lambda _: None)
    latest = root / "dist/latest"
    described = json.loads((latest / "datapackage.json").read_text(encoding="utf-8"))
    [table] = described["resources"]
    assert len(table["path"]) > 1 and table["rowCount"] == 6_000
    files = ", ".join(f"'{latest / path}'" for path in table["path"])
    with duckdb.connect() as con:
        ids = con.sql(f"SELECT id, words FROM read_parquet([{files}])").fetchall()
    assert [number for number, _ in ids] == list(range(6_000))
    assert sum(words is None for _, words in ids) > 100
    there = sorted(p.relative_to(latest).as_posix() for p in latest.rglob("*") if p.is_file())
    sums = dict(reversed(line.split("  ")) for line in (latest / "SHA256SUMS").read_text().splitlines())
    assert sorted([*sums, "SHA256SUMS"]) == there
    assert all(hashlib.sha256((latest / file).read_bytes()).hexdigest() == digest for file, digest in sums.items())
