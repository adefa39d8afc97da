"""An extract is the same whatever form its file has: plain, compressed or Parquet, of texts or of typed columns."""

from __future__ import annotations

import gzip
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import pytest

from conftest import copy_inputs
from packing import PACKERS, pack, write_parquet, zstd

FIELDS = [
    {"name": "id", "type": "integer"}, {"name": "amount", "type": "number"}, {"name": "fine", "type": "boolean"},
    {"name": "day", "type": "date", "format": "%d/%m/%Y"}, {"name": "clock", "type": "time"},
    {"name": "moment", "type": "datetime"}, {"name": "year", "type": "year"},
    {"name": "words", "type": "string", "missingValues": ["NA"]}, {"name": "more", "type": "object"},
]  # fmt: skip
SCHEMA = {"fields": FIELDS, "primaryKey": "id", "missingValues": ["", "-"]}
TYPED = """
SELECT * FROM (VALUES
    (1::BIGINT, 4.25::DOUBLE, true, DATE '2024-09-08', TIME '13:45:00.5', TIMESTAMP '2024-09-08 13:45:00', 2024,
        'a, "b"', '{"a": [1, 2]}'::JSON),
    (-2, NULL, false, NULL, NULL, NULL, 99, E'two\nlines', NULL), (3, 1e20, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (4, -0.5, NULL, NULL, NULL, NULL, NULL, '', NULL)
) AS t(id, amount, fine, day, clock, moment, year, words, more)
"""
TEXT = '''id,amount,fine,day,clock,moment,year,words,more
1,4.25,true,08/09/2024,13:45:00.5,2024-09-08T13:45:00,2024,"a, ""b""","{""a"": [1, 2]}"
-2,,false,,-,,0099,"two
lines",
3,1e20,,,,,,NA,
4,-0.5,,,,,,,
'''
OTHERS = {
    "the narrowest types": "id::TINYINT AS id, year::USMALLINT AS year",
    "floats": "id::DOUBLE AS id, amount::FLOAT AS amount, year::FLOAT AS year",
    "decimals": "id::DECIMAL(9, 2) AS id",
    "nanoseconds": "clock::TIME_NS AS clock, moment::TIMESTAMP_NS AS moment",
    "seconds": "moment::TIMESTAMP_S AS moment",
}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def released(small, run):
    """The release of the small project whose one extract is made by `make(raw folder)`."""

    def release(make, schema=SCHEMA):
        root = small(schema, {})
        shutil.rmtree(root / "raw", ignore_errors=True)
        (root / "raw").mkdir()
        make(root / "raw")
        result = run("build", "--root", root)
        assert result.exit_code == 0, result.output
        return contents(root / "dist/latest")

    return release


def plain(folder):
    (folder / "t.csv").write_text(TEXT, encoding="utf-8")


def packed(end, by):
    def make(folder):
        plain(folder)
        (folder / "a").mkdir()
        pack(folder / f"a/t.csv.{end}", folder / "t.csv", {"by": by})

    return make


def texts(folder):
    columns = ", ".join(f"'{field['name']}': 'VARCHAR'" for field in FIELDS)
    plain(folder)
    rows = f"FROM read_csv('{folder / 't.csv'}', columns = {{{columns}}}, auto_detect = false, header = true)"
    # A blank of `words`, whose one missing value is NA, is an empty text.
    write_parquet(folder / "t.parquet", f"SELECT * REPLACE (coalesce(words, '') AS words) {rows}")
    (folder / "t.csv").unlink()


def test_every_form_gives_the_same_release(released):
    wanted = released(plain)
    assert released(packed("gz", "gzip")) == wanted
    assert released(packed("zst", "zstd")) == wanted
    assert released(texts) == wanted
    assert released(lambda folder: write_parquet(folder / "b=1/t.parquet", TYPED)) == wanted
    assert b"\n3,1e+20,,,,,,NA,\n" in wanted["data/t.csv"]


@pytest.mark.parametrize("types", OTHERS.values(), ids=OTHERS)
def test_a_column_may_have_any_type_that_holds_its_values(released, types):
    made = released(lambda folder: write_parquet(folder / "t.parquet", f"SELECT * REPLACE ({types}) FROM ({TYPED})"))
    assert made == released(plain)


@pytest.mark.parametrize(("end", "by"), [("gz", "gzip"), ("zst", "zstd")])
def test_a_file_of_several_members_is_read_to_its_end(released, end, by):
    head, rest = TEXT.encode()[:100], TEXT.encode()[100:]
    both = PACKERS[by](head) + PACKERS[by](rest)
    assert released(lambda folder: (folder / f"t.csv.{end}").write_bytes(both)) == released(plain)


def test_rows_keep_their_order_over_row_groups(released):
    schema = {"fields": [{"name": "id", "type": "integer"}, {"name": "words", "type": "string"}], "primaryKey": "id"}
    sql = "SELECT (range * 7919) % 50000 AS id, 'x' || range AS words FROM range(50000)"
    made = released(lambda f: write_parquet(f / "t.parquet", sql, ", ROW_GROUP_SIZE 2048"), schema)
    lines = "".join(f"{number * 7919 % 50_000},x{number}\n" for number in range(50_000))
    assert made["data/t.csv"].decode() == "id,words\n" + lines


def test_a_manifest_lists_files_of_any_form(tmp_path, run):
    """The real project, each of its extracts in another form, is the same release."""
    wanted, root = copy_inputs(tmp_path / "plain"), copy_inputs(tmp_path / "packed")
    manifest = json.loads((root / "raw/datapackage.json").read_text(encoding="utf-8"))
    forms = [("csv.gz", "gzip"), ("csv.zst", "zstd"), ("parquet", "")]
    number = 0
    for extract in manifest["resources"]:
        paths = []
        for path in [extract["path"]] if isinstance(extract["path"], str) else extract["path"]:
            end, by = forms[number % 3]
            source, target = root / "raw" / path, root / "raw" / f"{path.removesuffix('csv')}{end}"
            if by:
                pack(target, source, {"by": by})
            else:
                options = "all_varchar = true, header = true, quote = '\"', delim = ',', strict_mode = true"
                write_parquet(target, f"FROM read_csv('{source}', {options})")
                source.unlink()
            paths.append(target.relative_to(root / "raw").as_posix())
            number += 1
        extract["path"] = paths
    assert number > 3
    (root / "raw/datapackage.json").write_text(json.dumps(manifest), encoding="utf-8")
    for project in (wanted, root):
        result = run("build", "--root", project)
        assert result.exit_code == 0, result.output
    assert contents(root / "dist/latest") == contents(wanted / "dist/latest")


def limited(limit, number):
    """What a child process does first: no more than `number` bytes of memory, or of a file."""
    return lambda: resource.setrlimit(limit, (number, number))


@pytest.mark.parametrize("end", ["gz", "zst"])
def test_a_bomb_fills_the_disk_and_no_memory(small, tmp_path, end):
    """A quarter of a gigabyte out of a small file, with room for 64 MB: told in a line, nothing left behind."""
    root = small({"fields": [{"name": "id", "type": "integer"}], "primaryKey": "id"}, {"raw/README.md": ""})
    file = root / f"raw/t.csv.{end}"
    with gzip.open(file, "wb", compresslevel=1) if end == "gz" else zstd.open(file, "wb") as stream:
        stream.write(b"id\n")
        for _ in range(256):
            stream.write(b"1\n" * (1 << 19))
    assert file.stat().st_size < 1 << 22
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    command = [sys.executable, "-c", MEASURED, "check", "--root", str(root)]
    result = subprocess.run(
        command, env={**os.environ, "TMPDIR": str(scratch)}, capture_output=True, text=True, check=False,
        preexec_fn=limited(resource.RLIMIT_FSIZE, 1 << 26),
    )  # fmt: skip
    assert f"Error: raw/t.csv.{end}: no room to unpack it in {scratch}" in result.stderr, result.stderr
    assert result.returncode == 1 and "Traceback" not in result.stderr
    assert list(scratch.iterdir()) == []
    assert int(result.stdout) < 400 << 10


# What getrusage tells is at least what the process that started this one had.
MEASURED = """
import re
from pathlib import Path
from fmdata.cli import main
try:
    main()
finally:
    print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


def test_no_room_for_the_text_of_a_parquet_file_is_told(small, tmp_path):
    root = small({"fields": [{"name": "id", "type": "integer"}], "primaryKey": "id"}, {"raw/README.md": ""})
    write_parquet(root / "raw/t.parquet", "SELECT range AS id FROM range(2000000)")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    result = subprocess.run(
        [sys.executable, "-m", "fmdata", "check", "--root", str(root)], env={**os.environ, "TMPDIR": str(scratch)},
        capture_output=True, text=True, check=False, preexec_fn=limited(resource.RLIMIT_FSIZE, 1 << 20),
    )  # fmt: skip
    assert (result.returncode, "Traceback" in result.stderr) == (1, False), result.stderr
    assert f"Error: raw/t.parquet: no room to unpack it in {scratch}" in result.stderr
    assert list(scratch.iterdir()) == []


def test_nothing_is_left_in_the_folder_for_files_that_pass(released, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = set(tmp_path.iterdir())
    released(packed("zst", "zstd"))
    assert {path.name for path in set(tmp_path.iterdir()) - before} <= {"small"}


def test_a_file_with_any_damage_is_told_or_read(small):
    """Whatever byte of a Parquet file is wrong, there is an answer and no traceback."""
    root = small({"fields": [{"name": "id", "type": "integer"}, {"name": "words"}], "primaryKey": "id"}, {})
    file = root / "raw/t.parquet"
    write_parquet(file, "SELECT range AS id, 'w' || range AS words FROM range(50)")
    sound = file.read_bytes()
    from fmdata.contract import load
    from fmdata.extracts import unpack

    package, told = load(root), 0
    with duckdb.connect() as con, tempfile.TemporaryDirectory() as scratch:
        for place in range(0, len(sound), 3):
            spoiled = bytearray(sound)
            spoiled[place] ^= 0xFF
            file.write_bytes(spoiled)
            _, failures = unpack(con, root, "raw/t.parquet", package.resources[0], Path(scratch))
            told += bool(failures)
            assert all(failure.file == "raw/t.parquet" for failure in failures)
    assert told > len(sound) / 3 / 4
