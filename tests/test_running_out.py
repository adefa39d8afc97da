"""A disk that is full, wherever DuckDB finds out: an error in words, and no traceback."""

from __future__ import annotations

import resource

import duckdb
import pytest

from fmdata.errors import FmdataError
from fmdata.release import running_out


@pytest.mark.parametrize("most", [30_000, 300_000])
def test_what_cannot_be_written_before_a_commit_is_told(tmp_path, most):
    con = duckdb.connect(tmp_path / "a.duckdb")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        with pytest.raises(FmdataError, match=r"no room for the release: .*Could not write file"), running_out():
            con.execute("BEGIN; CREATE TABLE t AS SELECT md5(i::VARCHAR) AS x FROM range(100_000) r(i); COMMIT")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        con.close()


def test_a_transaction_that_fails_otherwise_is_no_full_disk():
    with duckdb.connect() as con, pytest.raises(duckdb.TransactionException), running_out():
        con.execute("COMMIT")
