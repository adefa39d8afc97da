"""The hash of an answer: by rows and values alone, and the same in whatever version of DuckDB."""

from __future__ import annotations

import json
import subprocess
import sys

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT
from fmdata.citing.answer import answer
from fmdata.errors import FmdataError
from fmdata.history import RELEASES
from rewritten import rehashed

FILE = ROOT / RELEASES / "1.0.1" / "fmdata.duckdb"
# SQL of a value of each kind, the kind, and its JSON.
VALUES = [
    ("NULL", "integer", "null"),
    ("[NULL]", ["list", "integer"], "[null]"),
    ("true", "boolean", "true"),
    ("-5::TINYINT", "integer", '"-5"'),
    ("18446744073709551615::UBIGINT", "integer", '"18446744073709551615"'),
    ("'-170141183460469231731687303715884105728'::HUGEINT", "integer", '"-170141183460469231731687303715884105728"'),
    ("1.500::DECIMAL(10,3)", "decimal", '"1.5"'),
    ("-100::DECIMAL(5,1)", "decimal", '"-100"'),
    ("0.00::DECIMAL(5,2)", "decimal", '"0"'),
    ("12345678901234567890123456789012345.670::DECIMAL(38,3)", "decimal", '"12345678901234567890123456789012345.67"'),
    ("73::DOUBLE", "number", '"73.0"'),
    ("0.1::FLOAT", "number", '"0.10000000149011612"'),
    ("1e-7::DOUBLE", "number", '"1e-07"'),
    ("1e16::DOUBLE", "number", '"1e+16"'),
    ("5e-324::DOUBLE", "number", '"5e-324"'),
    ("-0.0::DOUBLE", "number", '"-0.0"'),
    ("'nan'::DOUBLE", "number", '"nan"'),
    ("'-infinity'::FLOAT", "number", '"-inf"'),
    ("'a\"\\é\u2028' || chr(10) || chr(1) || chr(127)", "text", '"a\\"\\\\é\u2028\\n\\u0001\x7f"'),
    ("''", "text", '""'),
    ("'b'::ENUM('a', 'b')", "text", '"b"'),
    ("'{\"a\": 1}'::JSON", "text", '"{\\"a\\": 1}"'),
    ("'\\x00\\xFF'::BLOB", "bytes", '"00ff"'),
    ("'0101'::BIT", "bits", '"0101"'),
    ("'6F9619FF-8B86-D011-B42D-00C04FC964FF'::UUID", "uuid", '"6f9619ff-8b86-d011-b42d-00c04fc964ff"'),
    ("DATE '2024-09-08'", "date", '"2024-09-08"'),
    ("DATE 'infinity'", "date", '"infinity"'),
    ("TIME '12:30:00'", "time", '"12:30:00"'),
    ("TIMESTAMP '2024-09-08 12:30:00.120'", "timestamp", '"2024-09-08T12:30:00.12"'),
    ("TIMESTAMP_NS '2024-09-08 12:30:00.123456789'", "timestamp", '"2024-09-08T12:30:00.123456789"'),
    ("TIMESTAMP_S '2024-09-08 12:30:00'", "timestamp", '"2024-09-08T12:30:00"'),
    ("TIMESTAMPTZ '2024-09-08 12:30:00+02'", "instant", '"2024-09-08T10:30:00Z"'),
    ("INTERVAL '1 month 2 days 3 seconds'", "interval", '"1 month 2 days 00:00:03"'),
    ("[1, NULL]", ["list", "integer"], '["1",null]'),
    ("[1.5, 2.5]::DOUBLE[2]", ["list", "number"], '["1.5","2.5"]'),
    ("[]::DATE[]", ["list", "date"], "[]"),
    ("[DATE '2024-09-08']", ["list", "date"], '["2024-09-08"]'),
    ("{'a': 1, 'b \"': [TIMESTAMP '2024-09-08 00:00:00']}",
     ["struct", ["a", "integer"], ['b "', ["list", "timestamp"]]], '["1",["2024-09-08T00:00:00"]]'),
    ("MAP {'b': 1, 'a': NULL}", ["map", "text", "integer"], '[["a",null],["b","1"]]'),
]  # fmt: skip
SQLS = [*(f"SELECT {sql} AS v" for sql, _, _ in VALUES), *(
    file.read_text(encoding="utf-8").strip() for file in sorted((ROOT / "pipeline" / "queries").glob("*.sql"))
)]  # fmt: skip


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as found:
        found.execute(f"SET TimeZone = 'UTC'; ATTACH '{FILE}' AS release (READ_ONLY); USE release")
        yield found


@pytest.mark.parametrize("sql, kind, text", VALUES, ids=[sql[:40] for sql, _, _ in VALUES])
def test_a_value_has_one_text(con, sql, kind, text):
    found = answer(con, f"SELECT {sql} AS v", 1000)
    assert (found.columns[0].kind, found.kept) == (kind, (f"[{text}]",))
    assert (found.columns[0].name, len(found.rows)) == ("v", 1)


def kinds(found):
    return [column.kind for column in found.columns]


@pytest.mark.parametrize("sql", SQLS, ids=[sql[:50] for sql in SQLS])
def test_a_stranger_gets_the_same_hash(con, sql):
    found = answer(con, sql)
    assert rehashed(con, sql, kinds(found)) == found.hash


def test_a_known_hash(con):
    """Written out by hand: what is published once must come out for ever."""
    found = answer(con, "SELECT 1 AS a, 'x' AS b UNION ALL SELECT 1, 'x' UNION ALL SELECT NULL, 'y'")
    assert found.hash == "079099cbe8f8609490c4e8345926d8d1de0080667aec27f62464c2f7d23fa332"


@pytest.mark.parametrize("one, other", [
    ("SELECT 1 AS a", "SELECT 1 AS b"),
    ("SELECT 1 AS a", "SELECT '1' AS a"),
    ("SELECT 1 AS a", "SELECT 1.0 AS a"),
    ("SELECT NULL::VARCHAR AS a", "SELECT '' AS a"),
    ("SELECT NULL::VARCHAR AS a", "SELECT 'null' AS a"),
    ("SELECT 1 AS a, 2 AS b", "SELECT 2 AS b, 1 AS a"),
    ("SELECT unnest([1, 1, 2]) AS a", "SELECT unnest([1, 2, 2]) AS a"),
    ("SELECT unnest([1, 1]) AS a", "SELECT 1 AS a"),
    ("SELECT ['a', 'b'] AS a", "SELECT ['a,b'] AS a"),
    ("SELECT ['a', 'b'] AS a", "SELECT ['b', 'a'] AS a"),
    ("SELECT [NULL] AS a", "SELECT []::INT[] AS a"),
    ("SELECT 'a' AS a, 'b' AS b", "SELECT 'a\",\"b' AS a, '' AS b"),
    ("SELECT {'x': 1} AS a", "SELECT {'y': 1} AS a"),
    ("SELECT 'é' AS a", "SELECT 'e' || chr(769) AS a"),
    ("SELECT 0.0::DOUBLE AS a", "SELECT -0.0::DOUBLE AS a"),
    ("SELECT 1 AS a WHERE false", "SELECT '1' AS a WHERE false"),
])  # fmt: skip
def test_what_differs_has_another_hash(con, one, other):
    assert answer(con, one).hash != answer(con, other).hash


@pytest.mark.parametrize("one, other", [
    ("SELECT 1::TINYINT AS a", "SELECT 1::HUGEINT AS a"),
    ("SELECT 1.50::DECIMAL(5,2) AS a", "SELECT 1.5::DECIMAL(9,1) AS a"),
    ("SELECT 0.5::FLOAT AS a", "SELECT 0.5::DOUBLE AS a"),
    ("SELECT 'a'::ENUM('a', 'b') AS a", "SELECT 'a' AS a"),
    ("SELECT [1, 2]::INT[2] AS a", "SELECT [1, 2]::BIGINT[] AS a"),
    ("SELECT TIMESTAMP_S '2020-01-01 00:00:00' AS a", "SELECT TIMESTAMP_NS '2020-01-01 00:00:00' AS a"),
    ("SELECT MAP {1: 2, 3: 4} AS a", "SELECT MAP {3: 4, 1: 2} AS a"),
])  # fmt: skip
def test_what_an_engine_may_do_otherwise_does_not_count(con, one, other):
    assert answer(con, one).hash == answer(con, other).hash


@pytest.mark.parametrize("sql", ["SELECT row(1, 2)", "SELECT union_value(a := 1)", "SELECT [row(1)]"])
def test_types_without_a_text_are_refused(con, sql):
    with pytest.raises(FmdataError, match="no text of their own"):
        answer(con, sql)


def test_columns_of_one_name_are_told_apart(con):
    assert [c.name for c in answer(con, "SELECT 1 AS a, 2 AS a").columns] == ["a", "a"]


def test_rows_are_kept_up_to_a_size(con):
    assert answer(con, "FROM range(3)", 15).kept == ('["0"]', '["1"]', '["2"]')
    assert answer(con, "FROM range(3)", 14).kept is None
    assert answer(con, "SELECT 1 WHERE false", 10).kept == ()


TABLE = st.lists(st.tuples(st.integers(-9, 9) | st.none(), st.floats(), st.text(max_size=5), st.booleans()), max_size=8)


def hash_of(con, rows):
    values = ", ".join("(?::BIGINT, ?::DOUBLE, ?::VARCHAR, ?::BOOLEAN)" for _ in rows) or "(0, 0, '', true)"
    where = "" if rows else " WHERE false"
    con.execute(
        f"CREATE OR REPLACE TABLE memory.main.given AS FROM (VALUES {values}) AS t(a, b, c, d){where}",
        [cell for row in rows for cell in row],
    )
    return answer(con, "FROM memory.main.given").hash


@settings(deadline=None, max_examples=60)
@given(TABLE, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_count(con, rows, random):
    other = random.sample(rows, len(rows))
    assert hash_of(con, rows) == hash_of(con, other)


@settings(deadline=None, max_examples=60)
@given(TABLE.filter(len), st.data())
def test_any_other_value_gives_another_hash(con, rows, data):
    row = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.integers(0, 3))
    kind = [st.integers(-99, 99) | st.none(), st.floats() | st.none(), st.text() | st.none(), st.none() | st.booleans()]
    value = data.draw(kind[column].filter(lambda new: repr(new) != repr(rows[row][column])))
    changed = [list(one) for one in rows]
    changed[row][column] = value
    assert hash_of(con, rows) != hash_of(con, changed)


def told_by(program, environment, *arguments, **options):
    command = [sys.executable, *program, *arguments]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, **options)
    return json.loads(done.stdout)


@pytest.mark.heavy
@pytest.mark.parametrize("version", ["1.4.4", "1.5.5"])
def test_another_version_gives_the_same_hashes(con, older_duckdb, version):
    found = [answer(con, sql) for sql in SQLS]
    expected = {"version": version, "hashes": [one.hash for one in found]}
    library = {"PYTHONPATH": f"{older_duckdb(version)}:{ROOT / 'pipeline'}:{ROOT / 'tests'}"}
    asked = json.dumps([[sql, kinds(one)] for sql, one in zip(SQLS, found, strict=True)])
    assert told_by([ROOT / "tests" / "rewritten.py"], library, str(FILE), input=asked) == expected
    assert told_by(["-c", OWN], library, str(FILE), input=asked) == expected


OWN = """
import duckdb, json, sys
from fmdata.citing.answer import answer
con = duckdb.connect()
con.execute(f"SET TimeZone = 'UTC'; ATTACH '{sys.argv[1]}' AS release (READ_ONLY); USE release")
hashes = [answer(con, sql).hash for sql, _ in json.load(sys.stdin)]
print(json.dumps({"version": duckdb.__version__, "hashes": hashes}))
"""
