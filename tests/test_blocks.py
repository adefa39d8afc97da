"""The quick proof of an extract's bytes against the close look: what it lets pass is sound, what it doubts is wrong."""

from __future__ import annotations

import csv
import io

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fmdata.contract.load import _resource
from fmdata.extracts import blocks, check_structure, check_text, read_blocks
from fmdata.extracts.frames import Frames

# What structures a file, what may not be in it, and what is text like any other.
SIGNS = ["a", "b", " ", ",", ",", '"', '"', '""', "\n", "\n", "é", "\u0301", "Ω", "\ufeff", "\t", "\x00", "\r", "\x85"]
ONCE = settings(
    max_examples=400, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip


def resource(width):
    return _resource({"name": "t", "schema": {"fields": [{"name": name} for name in "abcdefgh"[:width]]}})


def read(path, width, block):
    """The records of a file in blocks of some bytes, empty cells as "", with their lines; None where it is in doubt."""
    doubted, found, names = [], [], list("abcdefgh"[:width])
    frames = Frames(names, (False,), "_file", "_line")
    blocks.BLOCK, before = block, blocks.BLOCK
    try:
        for parts in read_blocks({"t.csv": path}, names, doubted):
            try:
                text = frames.frame(parts)
            except Exception as error:
                assert type(error).__module__.startswith("polars"), error
                return None
            cells = text.select(names)
            assert not (cells == "").select(pl.any_horizontal(pl.all().any())).item()
            found += zip(cells.fill_null("").rows(), text["_line"], strict=True)
    finally:
        blocks.BLOCK = before
    return None if doubted else found


def as_python_reads(text):
    """Each record with the physical line it begins at."""
    rows, line = csv.reader(io.StringIO(text, newline=""), strict=True), 0
    for row in rows:
        if line:
            yield tuple(row), line
        line = rows.line_num + 1


@ONCE
@given(body=st.lists(st.sampled_from(SIGNS), max_size=24).map("".join), width=st.integers(1, 3),
       block=st.sampled_from([1, 7, 64]))  # fmt: skip
@example(body='1,"x\ny"\n2,z\n', width=2, block=1)
@example(body="1\n1,2,3\n", width=2, block=64)
@example(body='"a"b,c\n', width=2, block=64)
@example(body='a,"b', width=2, block=7)
def test_what_the_proof_lets_pass_is_what_every_reader_reads(tmp_path, body, width, block):
    path, table = tmp_path / "t.csv", resource(width)
    text = ",".join("abcdefgh"[:width]) + "\n" + body
    path.write_bytes(text.encode())
    found = read(path, width, block)
    with duckdb.connect() as con:
        wrong = check_text(path, "t.csv", table) or check_structure(con, path, "t.csv", table)
    # What is in doubt has something wrong with it, so that nobody is refused without a word.
    assert (found is None) == bool(wrong), (found, wrong)
    if found is not None:
        assert found == list(as_python_reads(text))


@pytest.mark.parametrize("block", [1, 10, 1 << 24])
def test_small_files_go_together_and_keep_their_lines(tmp_path, block, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", block)
    files = {f"{number}.csv": tmp_path / f"{number}.csv" for number in range(5)}
    for number, path in enumerate(files.values()):
        path.write_text("a,b\n" + "".join(f'{number},"{row}\n"\n' for row in range(number)))
    doubted, found = [], []
    by_lines, by_rows = (Frames(["a", "b"], (by_row,) * 5, "_file", "_line") for by_row in (False, True))
    for parts in read_blocks(files, ["a", "b"], doubted):
        found += zip(by_lines.frame(parts).rows(), by_rows.frame(parts)["_line"], strict=True)
    assert not doubted
    assert found == [((str(n), f"{row}\n", n, 2 + 2 * row), row + 1) for n in range(5) for row in range(n)]


def test_blocks_do_not_grow_with_cells_of_many_lines(tmp_path, monkeypatch):
    """A block that ends within quotes is cut where the record before it ends."""
    monkeypatch.setattr(blocks, "BLOCK", 256)
    path = tmp_path / "t.csv"
    cell = "line\n" * 30
    path.write_text("a,b\n" + "".join(f'{row},"{cell}"\n' for row in range(200)))
    doubted = []
    parts = [part for some in read_blocks({"t.csv": path}, ["a", "b"], doubted) for part in some]
    assert not doubted and sum(part.feeds - part.breaks() for part in parts) == 200
    assert max(len(part.body) for part in parts) < 1_000


@pytest.mark.parametrize(("field", "header"), [("a,b", "a,b"), ('a"b', 'a"b')])
def test_a_header_of_odd_names_is_read_as_a_record(tmp_path, field, header):
    path = tmp_path / "t.csv"
    path.write_text(f"{header}\nx\n")
    doubted = []
    assert not list(read_blocks({"t.csv": path}, [field], doubted)) and doubted == ["t.csv"]
