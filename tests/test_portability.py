"""The DuckDB file opens in the versions we promise, with everything in it. Each version is installed aside."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

READ = """
import duckdb, json, sys
con = duckdb.connect(sys.argv[1], read_only=True)
tables = [row[0] for row in con.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
views = [row[0] for row in con.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1").fetchall()]
print(json.dumps({
    "version": duckdb.__version__,
    "rows": {name: con.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables + views},
    "silent": con.execute("SELECT count(*) FROM duckdb_columns() WHERE NOT internal AND comment IS NULL").fetchall(),
    "constraints": con.execute("SELECT count(*) FROM duckdb_constraints()").fetchone()[0],
    "rates": con.execute("SELECT label, rate_percent FROM rates_with_names ORDER BY rate_percent DESC").fetchall(),
    "place": con.execute("FROM where_from('autoantibody_rates', 'holistic-pulse-2024 serotonin')").fetchall(),
    "enum": con.execute("SELECT stage FROM treatments WHERE stage = 'experimental'").fetchall(),
}))
"""


OLDER = ["1.2.2", "1.4.4", "1.5.5"]


@pytest.mark.heavy
@pytest.mark.parametrize("version", OLDER)
def test_the_file_opens_in_an_older_duckdb(built, older_duckdb, version):
    old, new = (read(built, {"PYTHONPATH": str(older_duckdb(version))}), read(built, {}))
    assert (old.pop("version"), new.pop("version")) == (version, "2.0.0")
    assert old == new
    assert {name: rows for name, rows in old["rows"].items() if name in built.counts} == built.counts
    assert old["silent"] == [[0]]
    assert len(old["rates"]) == 7
    assert [row[:4] for row in old["place"]][1:3] == [
        ["label", "Serotonin", "verbatim", "Serotonin"],
        ["rate_percent", "73", "normalised", "73%"],
    ]


def read(built, environment):
    command = [sys.executable, "-c", READ, str(built.folder / "fmdata.duckdb")]
    told = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(told.stdout)
