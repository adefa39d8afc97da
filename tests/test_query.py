"""Asking a release: exact answers in every format, and nothing but answers."""

from __future__ import annotations

import csv
import io
import json
import signal
import subprocess
import sys
import time

import polars as pl
import pytest

SQL = "SELECT label, rate_percent FROM autoantibody_rates WHERE rate_percent > 54 ORDER BY rate_percent DESC"


@pytest.fixture
def ask(built, run):
    """Ask the built release: ask(sql, *options)."""
    return lambda *arguments: run("query", *arguments, "--root", built.folder.parents[1])


def test_csv(ask):
    assert (
        ask(SQL, "--format", "csv").stdout
        == "label,rate_percent\nSerotonin,73.0\nGangliosides,71.0\nSmooth muscle,55.0\n"
    )


def test_json(ask):
    found = json.loads(ask(SQL, "--format", "json").stdout)
    assert found[0] == {"label": "Serotonin", "rate_percent": 73.0}
    assert len(found) == 3


def test_markdown(ask):
    lines = ask(SQL, "--format", "markdown").stdout.splitlines()
    assert lines[:3] == ["| label | rate_percent |", "| --- | --- |", "| Serotonin | 73.0 |"]


def test_a_table_is_plain_in_a_pipe(ask):
    output = ask(SQL).stdout
    assert "\x1b" not in output
    assert [line.split() for line in output.splitlines()][2] == ["Serotonin", "73.0"]


def test_parquet(ask, tmp_path):
    result = ask(SQL, "--format", "parquet", "--output", tmp_path / "answer.parquet")
    assert (result.exit_code, result.stdout) == (0, "")
    assert pl.read_parquet(tmp_path / "answer.parquet")["rate_percent"].to_list() == [73.0, 71.0, 55.0]
    assert [path.name for path in tmp_path.iterdir()] == ["answer.parquet"]


def test_a_file_for_the_answer_and_a_file_for_the_question(ask, tmp_path):
    (tmp_path / "question.sql").write_text(f"-- a comment\n{SQL};\n")
    assert ask("-f", tmp_path / "question.sql", "--format", "csv", "-o", tmp_path / "answer.csv").exit_code == 0
    assert (tmp_path / "answer.csv").read_text() == ask(SQL, "--format", "csv").stdout


def test_the_question_on_standard_input(built, run):
    result = run("query", "-f", "-", "--format", "csv", "--root", built.folder.parents[1], input=SQL)
    assert result.stdout.splitlines()[1] == "Serotonin,73.0"


def test_values_of_every_kind(ask):
    sql = (
        "SELECT NULL AS n, true AS b, 1::HUGEINT AS h, 1.50::DECIMAL(5,2) AS d, DATE '2024-09-08' AS day, "
        "[1, 2] AS list, {'a': 'é'} AS struct, 'a,\"b\"\nc' AS text, 'nan'::DOUBLE AS nan"
    )
    row = next(csv.DictReader(io.StringIO(ask(sql, "--format", "csv").stdout)))
    assert row == {
        "n": "", "b": "true", "h": "1", "d": "1.50", "day": "2024-09-08", "list": "[1, 2]", "struct": '{"a": "é"}',
        "text": 'a,"b"\nc', "nan": "nan",
    }  # fmt: skip
    found = json.loads(
        ask(sql, "--format", "json").stdout, parse_constant=lambda word: pytest.fail(f"{word} is no JSON")
    )
    assert found[0]["nan"] is None
    assert (found[0]["n"], found[0]["h"], found[0]["d"], found[0]["list"]) == (None, 1, 1.5, [1, 2])


def test_columns_of_one_name_are_not_lost_in_json(ask):
    result = ask("SELECT 1 AS a, 2 AS a", "--format", "json")
    assert (result.exit_code, "stands twice" in result.stderr) == (1, True)


def test_an_empty_answer_keeps_its_columns(ask):
    assert ask("SELECT 1 AS a WHERE false", "--format", "csv").stdout == "a\n"
    assert json.loads(ask("SELECT 1 AS a WHERE false", "--format", "json").stdout) == []


@pytest.mark.parametrize("sql", [
    "CREATE TABLE x (a INT)", "DELETE FROM claims", "UPDATE claims SET statement = ''", "DROP TABLE claims",
    "INSERT INTO study_measures SELECT * FROM study_measures", "ALTER TABLE claims RENAME TO x", "CHECKPOINT",
    "ATTACH 'other.db'", "DETACH fmdata", "USE memory", "SET threads = 1", "RESET threads", "PRAGMA database_list",
    "SET enable_external_access = true", "SET lock_configuration = false", "COPY claims TO 'x.csv'",
    "EXPORT DATABASE 'x'",
    "INSTALL httpfs", "LOAD httpfs", "CALL pragma_version()", "BEGIN", "SELECT 1; SELECT 2",
    "SELECT 1; DROP TABLE claims",
    "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM '/etc/passwd'", "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_parquet('https://example.org/x.parquet')", "FROM glob('/*')", "SELECT * FROM read_blob('x')",
    "SELECT * FROM sniff_csv('/etc/passwd')", "", "   ", "/* nothing */", "SELEC 1", "SELECT nothing FROM claims",
    "SELECT CAST('x' AS INTEGER)", "VALUES (1", "EXPLAIN ANALYZE DELETE FROM claims",
])  # fmt: skip
def test_what_is_no_question_is_refused(ask, sql, built, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = (built.folder / "fmdata.duckdb").read_bytes()
    result = ask(sql, "--format", "csv")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: the query: ")
    assert (built.folder / "fmdata.duckdb").read_bytes() == before
    assert list(tmp_path.iterdir()) == []


def test_a_failed_answer_leaves_the_file_that_was_there(ask, tmp_path):
    path = tmp_path / "answer.parquet"
    path.write_text("previous")
    assert ask("SELECT nothing", "--format", "parquet", "-o", path).exit_code == 1
    assert (path.read_text(), [p.name for p in tmp_path.iterdir()]) == ("previous", ["answer.parquet"])
    assert ask("COPY claims TO 'x.csv'", "--format", "parquet", "-o", path).exit_code == 1


def test_without_a_release_the_way_to_one_is_told(project, run):
    result = run("query", "SELECT 1", "--root", project)
    assert (result.exit_code, "fmdata build" in result.stderr) == (1, True)


def test_a_file_that_is_no_database_is_told(project, run):
    (project / "dist/latest").mkdir(parents=True)
    (project / "dist/latest/fmdata.duckdb").write_text("no database")
    result = run("query", "SELECT 1", "--root", project)
    assert (result.exit_code, "fmdata.duckdb" in result.stderr) == (1, True)


@pytest.mark.parametrize("arguments", [
    [], ["SELECT 1", "-f", "x.sql"], ["SELECT 1", "--format", "parquet"], ["SELECT 1", "--format", "xml"],
    ["SELECT 1", "-o", "x.txt"],
])  # fmt: skip
def test_usage_errors_exit_with_2(run, arguments):
    assert run("query", *arguments).exit_code == 2


def test_tables_tells_every_table_in_its_own_words(built, run):
    output = run("tables", "--root", built.folder.parents[1]).stdout
    for table, rows in built.counts.items():
        assert any(line.split()[:2] == [table, f"{rows:,}"] for line in output.splitlines())


def test_tables_of_one_tells_its_columns(built, run):
    output = run("tables", "autoantibody_rates", "--root", built.folder.parents[1]).stdout
    assert "rate_percent" in output and "DOUBLE" in output and "Unit: percent" in output
    result = run("tables", "nothing", "--root", built.folder.parents[1])
    assert (result.exit_code, "autoantibody_rates" in result.stderr) == (1, True)


def test_values_that_json_has_no_word_for(ask):
    sql = (
        "SELECT MAP {DATE '2024-09-08': 1} AS m, TIMESTAMP '2024-09-08 13:45:00' AS t, "
        "12345678901234567.89::DECIMAL(19,2) AS d"
    )
    found = json.loads(ask(sql, "--format", "json").stdout)
    assert found == [{"m": {"2024-09-08": 1}, "t": "2024-09-08T13:45:00", "d": "12345678901234567.89"}]


def test_a_time_with_a_zone_is_told(ask):
    result = ask("SELECT now() AS t")
    assert (result.exit_code, "CAST" in result.stderr) == (1, True)


def test_text_is_shown_as_it_is(ask):
    assert ask("SELECT ':heart: [b]x[/b] \\' AS t").stdout.splitlines()[-1] == ":heart: [b]x[/b] \\"


def test_a_comment_at_the_end_does_not_swallow_anything(ask, tmp_path):
    assert ask("SELECT 1 AS a -- done", "--format", "parquet", "-o", tmp_path / "a.parquet").exit_code == 0


def test_an_answer_goes_through_a_link_and_leaves_it(ask, tmp_path):
    (tmp_path / "target.csv").write_text("previous")
    (tmp_path / "link.csv").symlink_to(tmp_path / "target.csv")
    assert ask("SELECT 1 AS a", "--format", "csv", "-o", tmp_path / "link.csv").exit_code == 0
    assert (tmp_path / "link.csv").is_symlink() and (tmp_path / "target.csv").read_text() == "a\n1\n"


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_ends_a_long_question(built, times):
    sql = "SELECT count(*) FROM range(1000000) a, range(1000000) b"
    command = [sys.executable, "-m", "fmdata", "query", sql, "--root", str(built.folder.parents[1])]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        time.sleep(1.5)
        for _ in range(times):
            process.send_signal(signal.SIGINT)
        assert "Traceback" not in process.communicate(timeout=20)[1]
    assert process.returncode != 0


def test_asking_needs_no_checker(built):
    code = "import sys, fmdata.query; print(sorted({'pandera', 'polars', 'frictionless'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
