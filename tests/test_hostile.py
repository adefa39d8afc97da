"""What must not be cited is refused, each with a word of its own, and does nothing; what is harmless is not refused."""

from __future__ import annotations

import shutil

import pytest

from conftest import ROOT
from fmdata.citing.sandbox import Sandbox
from fmdata.citing.stable import stable
from fmdata.errors import FmdataError
from fmdata.history import RELEASES
from hostile import HARMLESS, HOSTILE

STATEMENTS = [(sql, word) for word, statements in HOSTILE.items() for sql in statements]
QUERIES = sorted((ROOT / "pipeline" / "queries").glob("*.sql"))
MEMORY = 600_000_000


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a copy of a released file, one that could be read, and a folder for what does not fit in memory."""
    folder = tmp_path_factory.mktemp("place")
    shutil.copy(ROOT / RELEASES / "1.0.1" / "fmdata.duckdb", folder)
    (folder / "secret.csv").write_text("a\n1\n")
    (folder / "scratch").mkdir()
    return folder


@pytest.fixture(scope="module")
def sandbox(place):
    with Sandbox(place / "fmdata.duckdb", place / "scratch", MEMORY, 30) as box:
        yield box


def cited(sandbox, sql):
    return stable(sandbox, sandbox.examine(sql), 0)


def test_there_are_enough_of_them():
    assert len({sql for sql, _ in STATEMENTS}) == len(STATEMENTS) >= 80


@pytest.mark.parametrize("sql, word", STATEMENTS, ids=[f"{word[:20]}: {sql[:60]}" for sql, word in STATEMENTS])
def test_refused(sandbox, place, sql, word):
    before = sorted(path.name for path in place.rglob("*"))
    with pytest.raises(FmdataError) as refused:
        cited(sandbox, sql.replace("{file}", str(place / "secret.csv")))
    assert word in str(refused.value)
    assert sorted(path.name for path in place.rglob("*")) == before


@pytest.mark.parametrize("sql", HARMLESS)
def test_harmless(sandbox, sql):
    assert len(cited(sandbox, sql).hash) == 64


@pytest.mark.parametrize("file", QUERIES, ids=[file.stem for file in QUERIES])
def test_each_question_of_the_cookbook_can_be_cited(sandbox, file):
    assert cited(sandbox, file.read_text(encoding="utf-8")).count > 0


def test_the_released_file_is_as_it_was(place):
    assert (place / "fmdata.duckdb").read_bytes() == (ROOT / RELEASES / "1.0.1" / "fmdata.duckdb").read_bytes()


@pytest.mark.parametrize("sql", [
    "WITH RECURSIVE a AS (SELECT 1 AS x UNION ALL SELECT 1 - x FROM a) SELECT count(*) FROM a",
    "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range <> b.range",
    # DuckDB does not hear that it is to stop in a function.
    "SELECT levenshtein(repeat('a', 200000), repeat('b', 200000))",
])  # fmt: skip
def test_what_never_ends_is_ended(place, sql):
    with Sandbox(place / "fmdata.duckdb", place / "scratch", MEMORY, 1.5) as box:
        box.examine(sql)
        with pytest.raises(FmdataError, match=r"took longer than 1\.5 s.*--timeout"):
            box.answer()


@pytest.mark.parametrize("sql", [
    "SELECT length(repeat('x', 3000000000))", "SELECT length(string_agg(range::VARCHAR, ',')) FROM range(300000000)",
    "SELECT list_sort(range(300000000))[1]", "SELECT repeat([1, 2, 3], 1000000000)", "FROM range(1000000000)",
])  # fmt: skip
def test_what_needs_too_much_memory_is_ended(place, sql):
    with Sandbox(place / "fmdata.duckdb", place / "scratch", 450_000_000, 120) as box:
        box.examine(sql)
        with pytest.raises(FmdataError, match=r"more memory than it may have, 450 MB.*--memory-limit"):
            box.answer()


def test_memory_that_is_too_little_for_anything_is_told(place):
    with (
        Sandbox(place / "fmdata.duckdb", place / "scratch", 300_000_000, 30) as box,
        pytest.raises(FmdataError, match="the memory limit of 300 MB is too small"),
    ):
        box.examine("SELECT 1")
