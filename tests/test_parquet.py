"""`fmdata build --parquet`: each table once more, the same rows with the contract's types, the same bytes always."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import duckdb
import frictionless
import polars as pl
import pytest

from fmdata.assemble import assemble, workspace
from fmdata.contract import load
from fmdata.errors import FmdataError
from fmdata.failures import Failures
from fmdata.independent import IndependentReader
from fmdata.sql import MEMORY, Room
from fmdata.verify import check_sums, compare, verify
from fmdata.verify_parquet import verify_parquet
from fmdata.writers.archive import sha256, write_sums, write_zip
from fmdata.writers.csv import append_csv
from fmdata.writers.parquet import write_parquet
from fmdata.writers.shape import shape_of_contract
from recounting import fingerprints
from test_large import SCHEMA, large  # noqa: F401

FIELDS = [
    {"name": "id", "type": "integer"}, {"name": "amount", "type": "number"}, {"name": "fine", "type": "boolean"},
    {"name": "day", "type": "date"}, {"name": "clock", "type": "time"}, {"name": "moment", "type": "datetime"},
    {"name": "year", "type": "year"}, {"name": "kind", "type": "string", "constraints": {"enum": ["a", "b"]}},
    {"name": "more", "type": "object"}, {"name": "words", "type": "string", "missingValues": ["NA"]},
]  # fmt: skip
TEXT = """id,amount,fine,day,clock,moment,year,kind,more,words
1,4.25,true,2024-09-08,13:45:00.5,2024-09-08T13:45:00,0099,a,"{""a"": 1}",
2,,,,,,,,,NA
"""
TYPES = ["BIGINT", "DOUBLE", "BOOLEAN", "DATE", "TIME", "TIMESTAMP", "INTEGER", "VARCHAR", "VARCHAR", "VARCHAR"]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def published(small, run):
    """A small project with a release that has Parquet files."""
    root = small({"fields": FIELDS, "primaryKey": "id"}, {"raw/t.csv": TEXT.replace('}",\n', '}",""\n')})
    result = run("build", "--parquet", "--root", root)
    assert result.exit_code == 0, result.output
    return root


def test_the_same_rows_with_types(published):
    file = published / "dist/latest/data/t.parquet"
    with duckdb.connect() as con:
        assert [row[1] for row in con.execute(f"DESCRIBE FROM '{file}'").fetchall()] == TYPES
        assert con.execute(f"SELECT id, year, kind, words FROM '{file}'").fetchall() == [
            (1, 99, "a", ""), (2, None, None, None)
        ]  # fmt: skip
    frame = pl.read_parquet(file)
    assert frame.columns == [field["name"] for field in FIELDS]
    assert (frame["amount"].to_list(), frame["more"].to_list()) == ([4.25, None], ['{"a": 1}', None])
    assert frame.schema["day"] == pl.Date and frame.schema["moment"] == pl.Datetime("us")


def test_it_is_listed_wherever_files_are(published):
    folder = published / "dist/latest"
    [resource] = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    file = folder / resource["parquet"]["path"]
    assert resource["path"] == "data/t.csv" and resource["parquet"] == {
        "path": "data/t.parquet", "mediatype": "application/vnd.apache.parquet", "bytes": file.stat().st_size,
        "hash": f"sha256:{sha256(file)}",
    }  # fmt: skip
    assert f"{sha256(file)}  data/t.parquet\n" in (folder / "SHA256SUMS").read_text(encoding="utf-8")
    with zipfile.ZipFile(folder / "small-0.1.0.zip") as archive:
        assert archive.read("small-0.1.0/data/t.parquet") == file.read_bytes()
    assert "Parquet" in (folder / "README.md").read_text(encoding="utf-8")
    report = frictionless.validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["place", "message"])


def test_a_build_without_it_has_none(published, run):
    with_files = contents(published / "dist/latest")
    assert run("build", "--root", published).exit_code == 0
    without = contents(published / "dist/latest")
    assert with_files.keys() - without.keys() == {"data/t.parquet"}
    changed = {file for file in without if without[file] != with_files[file]}
    assert changed == {"datapackage.json", "README.md", "SHA256SUMS", "small-0.1.0.zip"}
    assert b"arquet" not in without["datapackage.json"] + without["README.md"]


def test_the_real_tables_as_parquet(project, run):
    result = run("build", "--parquet", "--root", project)
    assert result.exit_code == 0, result.output
    tables = {path.stem for path in (project / "dist/latest/data").glob("*.csv")}
    assert {path.stem for path in (project / "dist/latest/data").glob("*.parquet")} == tables


def test_the_same_bytes_at_fifty_thousand_rows(small, run, large):  # noqa: F811
    root = small(SCHEMA, {"raw/t.csv": large})
    builds = []
    for _ in range(2):
        assert run("build", "--force", "--parquet", "--root", root).exit_code == 0
        builds.append(contents(root / "dist/latest"))
    assert builds[0] == builds[1] and "data/t.parquet" in builds[0]


def test_the_same_bytes_for_any_number_of_threads(small, large, tmp_path):  # noqa: F811
    """150,000 rows are more than one row group."""
    body = large.removeprefix("id,kind,amount,year,note,fine\n")
    rows = "".join(body.replace("\nk", f"\nk{part}").replace("k0000", f"k{part}0000", 1) for part in range(3))
    loose = {**SCHEMA, "fields": [{"name": "id", "type": "string"}, *SCHEMA["fields"][1:]]}
    root = small({**loose, "primaryKey": []}, {"raw/t.csv": "id,kind,amount,year,note,fine\n" + rows})
    package, made = load(root), []
    for threads in (1, 2, 8):
        with workspace(Room(MEMORY, tmp_path)) as con:
            con.execute(f"SET threads = {threads}")
            con.execute("SET allowed_directories = [?]", [str(tmp_path)])
            with Failures(root) as found:
                assemble(con, package, found, lambda _: None, tmp_path)
            folder = tmp_path / str(threads)
            (folder / "data").mkdir(parents=True)
            append_csv(con, package.resource("t"), "main.t", folder, tmp_path)
            write_parquet(con, package.resource("t"), folder, folder)
            made.append((folder / "data/t.parquet").read_bytes())
    assert made[0] == made[1] == made[2]
    with duckdb.connect() as con:
        file = tmp_path / "1/data/t.parquet"
        assert con.execute(f"SELECT num_row_groups FROM parquet_file_metadata('{file}')").fetchall() == [(2,)]


def rewritten(sql):
    """Write the Parquet file anew with other rows or types."""

    def spoil(folder):
        file = folder / "data/t.parquet"
        with duckdb.connect() as con:
            con.execute(f"CREATE TABLE t AS FROM '{file}'")
            con.execute(f"COPY ({sql}) TO '{file}' (FORMAT parquet)")

    return spoil


def described(folder):
    """Make the descriptor say what is so, as somebody would who wants a change to pass unnoticed."""
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    file = folder / "data/t.parquet"
    told = {"bytes": file.stat().st_size, "hash": f"sha256:{sha256(file)}"}
    descriptor["resources"][0]["parquet"].update(told)
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")


NOT_EACH = "data: it does not hold a Parquet file for each table"
NOT_SO = "datapackage.json: what it says of data/t.parquet is not so"
SPOILS = {
    "a value": (rewritten("SELECT * REPLACE (5.0::DOUBLE AS amount) FROM t"), "2 rows differ between CSV and Parquet"),
    "a row less": (rewritten("FROM t LIMIT 1"), "2 rows in CSV, 1 in Parquet, not 2"),
    "a row twice": (rewritten("FROM t UNION ALL FROM t LIMIT 3"), "2 rows in CSV, 3 in Parquet, not 2"),
    "another type": (rewritten("SELECT * REPLACE (id::INTEGER AS id) FROM t"), "its columns are not the contract's"),
    "another name": (rewritten("SELECT * RENAME (id AS key) FROM t"), "its columns are not the contract's"),
    "not Parquet": (lambda f: (f / "data/t.parquet").write_bytes(b"x"), "data/t.parquet: cannot be read"),
}  # fmt: skip


@pytest.fixture
def room(tmp_path):
    return Room(MEMORY, tmp_path)


@pytest.mark.parametrize(("spoil", "words"), SPOILS.values(), ids=SPOILS)
def test_a_file_that_was_changed_does_not_verify(published, room, spoil, words):
    folder, package = published / "dist/latest", load(published)
    spoil(folder)
    assert NOT_SO in verify_parquet(folder, package, {"t": 2}, fingerprints(folder, package, room), room)
    described(folder)
    (folder / "small-0.1.0.zip").unlink()
    write_sums(folder, {})
    write_zip(folder, "small-0.1.0")
    with IndependentReader() as reader, pytest.raises(FmdataError) as told:
        reader.read(folder)
        found = fingerprints(folder, package, room), shape_of_contract(package, {"t": 2}, room)
        compared = compare(folder, package, {"t": 2}, *found, room)
        verify(folder, package, {"t": 2}, reader, {"t": 2}, compared, check_sums(folder))
    assert words in str(told.value)


def test_a_file_that_is_gone_or_not_described_does_not_verify(published, room):
    folder, package = published / "dist/latest", load(published)
    assert verify_parquet(folder, package, {"t": 2}, fingerprints(folder, package, room), room) == []
    (folder / "data/u.parquet").write_bytes((folder / "data/t.parquet").read_bytes())
    assert verify_parquet(folder, package, {"t": 2}, fingerprints(folder, package, room), room) == [
        "data: it does not hold a Parquet file for each table"
    ]
    (folder / "data/u.parquet").unlink()
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    del descriptor["resources"][0]["parquet"]
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    assert verify_parquet(folder, package, {"t": 2}, fingerprints(folder, package, room), room) == [NOT_SO]
