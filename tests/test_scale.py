"""What is otherwise for large data, on small data: limits, a report that stays bounded, memory, rules in batches."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter

import duckdb
import polars as pl
import pytest

from fmdata.checks import row_rule, table_rule
from fmdata.extracts import blocks
from fmdata.failures import SHOWN
from fmdata.files import REPORT

SCHEMA = {
    "fields": [
        {"name": "id", "type": "integer", "title": "Id", "description": "A number."},
        {"name": "kind", "type": "string", "title": "Kind", "constraints": {"enum": ["a", "b"]}},
        {"name": "up", "type": "integer", "title": "Up", "description": "Another row, or none."},
    ],
    "primaryKey": "id",
    "foreignKeys": [{"fields": "up", "reference": {"resource": "", "fields": "id"}}],
}  # fmt: skip
ROWS = "id,kind,up\n" + "".join(f"{n},{'ab'[n % 2]},{n - 1 if n else ''}\n" for n in range(40))


def limited(root, **limits):
    path = root / "datapackage.json"
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**descriptor, "limits": limits}), encoding="utf-8")
    return root


def test_beyond_its_limits_a_release_says_what_it_lacks(small, run):
    root = limited(small(SCHEMA, {"raw/t.csv": ROWS}), keys=39, validation=7, zip=100)
    told = run("build", "--root", root)
    assert told.exit_code == 0, told.output
    latest = root / "dist/latest"
    remarks = ["sample of 7 rows", "the DuckDB file does not enforce them", "There is no zip"]
    readme = " ".join((latest / "README.md").read_text(encoding="utf-8").split())
    assert all(remark in told.stdout and remark in readme for remark in remarks)
    assert not list(latest.glob("*.zip"))
    with duckdb.connect(str(latest / "small.duckdb"), read_only=True) as con:
        kinds = {row[0] for row in con.execute("SELECT constraint_type FROM duckdb_constraints()").fetchall()}
        assert con.execute("SELECT count(*), sum(up) FROM t").fetchall() == [(40, sum(range(39)))]
    assert kinds == {"NOT NULL"}


def test_within_its_limits_a_release_lacks_nothing(small, run):
    root = limited(small(SCHEMA, {"raw/t.csv": ROWS}), keys=40, validation=40, zip=10_000_000)
    told = run("build", "--root", root)
    assert told.exit_code == 0 and len(told.stdout.splitlines()) == 3, told.output
    with duckdb.connect(str(root / "dist/latest/small.duckdb"), read_only=True) as con:
        kinds = {row[0] for row in con.execute("SELECT constraint_type FROM duckdb_constraints()").fetchall()}
    assert {"PRIMARY KEY", "FOREIGN KEY"} <= kinds


@pytest.mark.parametrize("limits", [{"keys": -1}, {"zip": "100"}, {"validation": True}, {"rows": 1}, [1]])
def test_a_limit_is_a_number_that_is_known(small, run, limits):
    root = small(SCHEMA, {"raw/t.csv": ROWS})
    path = root / "datapackage.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "limits": limits}), encoding="utf-8")
    told = run("check", "--root", root)
    assert told.exit_code == 1 and "limits" in told.stderr


def test_a_report_stays_bounded_and_a_file_has_all_of_it(small, run, monkeypatch):
    """Faults of rows in every block, a key given twice in another, and a row that refers to none."""
    monkeypatch.setattr(blocks, "BLOCK", 1 << 10)
    faulty = [f"{n},{'abx'[n % 3]},\n" for n in range(4_000)] + ["7,a,\n", "9000,a,9999\n", "x,a,\n"]
    root = small(SCHEMA, {"raw/t.csv": "id,kind,up\n" + "".join(faulty)})
    wanted = {"enum": 1_333, "primary key": 1, "foreign key": 1, "type": 1}
    for command in (("check",), ("check", "--data-only"), ("build",)):
        told = run(*command, "--root", root)
        assert told.exit_code == 1
        assert told.stderr.count("breaks enum") == len(told.stderr.splitlines()) - 1 == SHOWN
        assert "1,336 failures. By rule: enum 1,333, foreign key 1, primary key 1, type 1." in told.stderr
        with (root / REPORT).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert Counter(row["rule"] for row in rows) == wanted
        assert [int(row["line"]) for row in rows] == sorted([*range(4, 4_001, 3), 4_002, 4_003, 4_004])
    assert len(json.loads(run("check", "--format", "json", "--root", root).stdout)) == SHOWN
    (root / "raw/t.csv").write_text(ROWS)
    assert run("check", "--root", root).exit_code == 0
    assert not (root / REPORT).exists()


def test_too_little_memory_is_told_and_nothing_is_published(small, run):
    root = small(SCHEMA, {"raw/t.csv": ROWS})
    told = run("build", "--root", root, "--memory-limit", "100MB")
    assert told.exit_code == 1 and "expected at least" in told.stderr
    assert not (root / "dist/latest").exists()
    assert run("build", "--root", root, "--memory-limit", "much").exit_code == 2


def test_a_row_rule_sees_one_row(small, run):
    with pytest.raises(ValueError, match="make it a table_rule"):
        row_rule("once", pl.len().over("id") == 1, "expected each once; remove one")
    assert table_rule("once", pl.len().over("id") == 1, "expected each once; remove one").name == "once"


def test_rules_are_asked_over_block_borders(small, run, monkeypatch):
    """A row rule finds its row in whatever block it is; a table rule sees the rows of all of them."""
    monkeypatch.setattr(blocks, "BLOCK", 1)
    rules = """
import polars as pl
from fmdata.checks import row_rule, table_rule
CHECKS = [
    row_rule("small", pl.col("id") < 39, "expected a small id; make it smaller"),
    table_rule("half", pl.len().over("kind") <= 19, "expected fewer of a kind; remove some"),
]
"""
    root = small(SCHEMA, {"raw/t.csv": ROWS, "pipeline/rules/t.py": rules})
    told = json.loads(run("check", "--format", "json", "--root", root).stdout)
    assert [f["line"] for f in told if f["rule"] == "small"] == [41]
    assert [f["line"] for f in told if f["rule"] == "half"] == list(range(2, 42))


def test_without_keys_in_the_file_no_row_waits_for_another(small, run):
    """Rows in a circle cannot be loaded one by one; where nothing is enforced, they need not be."""
    rows = "id,kind,up\n1,a,2\n2,a,1\n"
    assert "in a circle" in run("build", "--root", small(SCHEMA, {"raw/t.csv": rows})).stderr
    assert run("build", "--root", limited(small(SCHEMA, {"raw/t.csv": rows}), keys=1)).exit_code == 0


def test_a_sample_keeps_an_empty_text_in_the_only_field(small, run):
    schema = {"fields": [{"name": "a", "type": "string"}], "primaryKey": "a", "missingValues": ["NA"]}
    root = limited(small(schema, {"raw/t.csv": 'a\nx\n""\ny\nz\nw\n'}), validation=4)
    told = run("build", "--root", root)
    assert told.exit_code == 0, told.output


def test_rules_see_file_folder_and_line_of_what_is_published_as_it_is(small, run):
    rules = """
import polars as pl
from fmdata.checks import row_rule
CHECKS = [row_rule("here", (pl.col("_folder") == "in") & (pl.col("_file") == "raw/in/t.csv") & (pl.col("_line") == 2),
                   "expected it here; move it")]
"""
    root = small(SCHEMA, {"raw/in/t.csv": "id,kind,up\n1,a,\n2,a,\n", "pipeline/rules/t.py": rules})
    told = json.loads(run("check", "--format", "json", "--root", root).stdout)
    assert [(f["file"], f["line"]) for f in told] == [("raw/in/t.csv", 3)]


def test_a_rule_is_not_run_on_what_stands_for_values_in_doubt(small, run):
    """Dates of another format are in doubt; once something is wrong, such rows wait."""
    rule = """
import polars as pl
from fmdata.checks import row_rule
CHECKS = [row_rule("order", pl.struct("d", "e").map_elements(lambda row: row["d"] <= row["e"], return_dtype=pl.Boolean),
                   "expected d before e; correct one")]
"""
    fields = [{"name": n, "type": "date", "format": "%d.%m.%Y", "title": n, "description": "A day."} for n in "de"]
    schema = {"fields": [*SCHEMA["fields"][:1], *fields], "primaryKey": "id"}
    rows = "id,d,e\n1,01.02.2020,02.02.2020\n2,03.02.2020,02.02.2020\n"
    root = small(schema, {"raw/a/t.csv": "id,d,e\nx,,\n", "raw/b/t.csv": rows, "pipeline/rules/t.py": rule})
    told = run("check", "--root", root)
    assert told.exit_code == 1 and "does not run" in told.stderr, "a blank is none of a rule's that cannot bear it"
    (root / "raw/a/t.csv").write_text("id,d,e\nx,01.02.2020,02.02.2020\n")
    told = json.loads(run("check", "--format", "json", "--root", root).stdout)
    assert [(f["file"], f["line"], f["rule"]) for f in told] == [
        ("raw/a/t.csv", 2, "type"),
        ("raw/b/t.csv", 3, "order"),
    ]


def test_a_rule_that_looks_at_other_rows_unseen_is_told(small, run):
    rule = """
import polars as pl
from fmdata.checks import row_rule
above = pl.col("id").map_batches(lambda ids: ids >= ids.mean(), return_dtype=pl.Boolean)
CHECKS = [row_rule("above", above, "expected a large id; make it larger")]
"""
    root = small(SCHEMA, {"raw/t.csv": "id,kind,up\n1,a,\n5,a,\n6,a,\n", "pipeline/rules/t.py": rule})
    for command in (("check", "--data-only"), ("check",), ("build",)):
        told = run(*command, "--root", root)
        assert told.exit_code == 1 and "pipeline/rules/t.py" in told.stderr and "make it a table_rule" in told.stderr


def test_rules_are_read_and_nothing_is_left_beside_them(small, run, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    rule = "import polars as pl\nfrom fmdata.checks import row_rule\nassert __file__.endswith('rules/t.py')\n"
    rule += "CHECKS = [row_rule('small', pl.col('id') < 41, 'expected a small id; make it smaller')]\n"
    root = small(SCHEMA, {"raw/t.csv": ROWS, "pipeline/rules/t.py": rule})
    assert run("check", "--root", root).exit_code == 0
    assert [path.name for path in (root / "pipeline/rules").iterdir()] == ["t.py"]


def test_an_unchanged_build_forgets_the_report_of_a_check(small, run):
    root = small(SCHEMA, {"raw/t.csv": ROWS})
    assert run("build", "--root", root).exit_code == 0
    (root / "raw/t.csv").write_text("id,kind,up\n" + "x,a,\n" * (SHOWN + 1))
    assert run("check", "--root", root).exit_code == 1 and (root / REPORT).exists()
    (root / "raw/t.csv").write_text(ROWS)
    assert "unchanged" in run("build", "--root", root).stdout and not (root / REPORT).exists()


@pytest.mark.parametrize("size", ["9" * 400 + "GB", "99999999999999GB", "1e9GB", "-1GB"])
def test_a_memory_limit_beyond_any_machine_is_a_matter_of_usage(small, run, size):
    assert run("build", "--root", small(SCHEMA, {"raw/t.csv": ROWS}), "--memory-limit", size).exit_code == 2


@pytest.mark.parametrize("kind", ["string", "any"])
def test_where_nothing_means_blank_an_empty_text_is_a_value(small, run, kind):
    """In a key, in a required field and in one that is neither, in every form of the release."""
    fields = [{"name": "id", "type": kind, "missingValues": []}, {"name": "need", "type": kind, "missingValues": []}]
    fields[1]["constraints"] = {"required": True}
    schema = {"fields": [*fields, {"name": "v", "type": kind, "missingValues": []}], "primaryKey": "id"}
    root = small(schema, {"raw/t.csv": 'id,need,v\n"","",""\nx,c,d\n'})
    told = run("build", "--parquet", "--root", root)
    assert told.exit_code == 0, told.output
    latest = root / "dist/latest"
    with duckdb.connect(str(latest / "small.duckdb"), read_only=True) as con:
        for relation in ("t", f"'{latest}/data/t.parquet'"):
            assert con.execute(f"FROM {relation}").fetchall() == [("", "", ""), ("x", "c", "d")]


def test_a_negative_zero_is_told_as_it_is_and_zero_too(small, run):
    schema = {"fields": [{"name": "id", "type": "string"}, {"name": "n", "type": "number"}], "primaryKey": "id"}
    schema["fields"][1]["constraints"] = {"minimum": 1}
    told = json.loads(
        run("check", "--format", "json", "--root", small(schema, {"raw/t.csv": "id,n\na,-0\nb,0\n"})).stdout
    )
    assert [f["found"] for f in told] == ['"-0.0" breaks minimum', '"0.0" breaks minimum']


@pytest.mark.parametrize("closed", ["2>&-", ">&-", "2>&- >&-"])
def test_the_command_ends_as_it_should_where_nobody_listens(closed):
    for arguments, code in (("--version", 0), ("check --nonsense", 2)):
        command = f"{sys.executable} -m fmdata {arguments} {closed}"
        told = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
        assert (told.returncode, "Traceback" in told.stderr) == (code, False)
