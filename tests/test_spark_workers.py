"""What may happen to workers and to a build on Spark: killed, interrupted, out of date, given what cannot be sent."""

from __future__ import annotations

import os
import signal
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from conftest import write_small
from on_spark import told
from test_spark_same import SCHEMA, rows

pytestmark = pytest.mark.spark


def workers():
    """The processes of Python that work for the Spark of this process: number -> resident bytes."""
    parents, names, sizes = {}, {}, {}
    for entry in Path("/proc").iterdir():
        try:
            status = dict(line.split(":\t", 1) for line in (entry / "status").read_text().splitlines() if ":\t" in line)
            names[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
        except (OSError, ValueError):
            continue
        parents[int(entry.name)] = int(status["PPid"])
        sizes[int(entry.name)] = int(status.get("VmRSS", "0 kB").split()[0]) << 10
    daemons = {number for number, command in names.items() if b"pyspark.daemon" in command}
    own = {number for number in daemons if parents.get(parents[number]) == os.getpid()}
    return {number: sizes[number] for number in daemons if parents[number] in own}


def meanwhile(look):
    """Call `look` again and again in a thread, until what is returned is called."""
    ended = threading.Event()

    def work():
        while not ended.wait(0.05):
            look()

    thread = threading.Thread(target=work)
    thread.start()
    return lambda: (ended.set(), thread.join())


def builder(spark, **options):
    from fmdata.spark.build import build, prepared

    return lambda root: told(lambda: build(spark, prepared(root), options.get("progress", lambda _: None)))


def test_workers_that_are_killed_lose_no_row_and_double_none(tmp_path, both, spark, splits):
    splits(120_000)
    root = write_small(tmp_path / "p", SCHEMA, {"raw/t.csv": rows(12_000, 11)})
    expected, theirs = both(root)
    assert expected == theirs and expected[2] == {"t": 12_000}
    killed, last = [], [time.monotonic()]

    def kill():
        if len(killed) < 2 and time.monotonic() - last[0] > 1.5 and (there := workers()):
            victim = max(there)
            os.kill(victim, signal.SIGKILL)
            killed.append(victim)
            last[0] = time.monotonic()

    stop = meanwhile(kill)
    try:
        found = builder(spark)(root)
    finally:
        stop()
    assert killed and found == expected


def test_memory_of_workers_does_not_grow_with_a_split(tmp_path, spark, splits):
    splits(1 << 30)
    peaks = []
    for count in (60_000, 600_000):
        root = write_small(tmp_path / str(count), {**SCHEMA, "foreignKeys": []}, {"raw/t.csv": rows(count, 2)})
        peak = [0]

        def look(peak=peak):
            peak[0] = max(peak[0], *workers().values(), 0)

        splits(10_000_000_000)
        stop = meanwhile(look)
        try:
            assert builder(spark)(root)[0] == "built"
        finally:
            stop()
        peaks.append(peak[0])
    assert 50_000_000 < peaks[1] < peaks[0] + 400_000_000, peaks


@pytest.mark.parametrize("words", ["reading extracts", "writing t", "describing"])
def test_an_interrupted_build_leaves_the_release_before(tmp_path, spark, words):
    root = write_small(tmp_path / "p", SCHEMA, {"raw/t.csv": rows(50, 1)})
    (root / "dist/latest").mkdir(parents=True)
    (root / "dist/latest/sentinel").write_text("the release before\n")

    def progress(step):
        if step.words.startswith(words):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        builder(spark, progress=progress)(root)
    assert [p.name for p in sorted((root / "dist").iterdir())] == [".lock", "latest"]
    assert [p.name for p in (root / "dist/latest").iterdir()] == ["sentinel"]


def test_a_worker_of_another_version_is_told(tmp_path, spark, monkeypatch):
    from fmdata.spark import staging
    from fmdata.spark.worker import Task

    monkeypatch.setattr(staging, "Task", partial(Task, version="0.0.1"))
    root = write_small(tmp_path / "p", SCHEMA, {"raw/t.csv": rows(5, 1)})
    found = builder(spark)(root)
    assert found[0] == "error" and "a worker has fmdata" in found[1] and "the driver 0.0.1" in found[1]


RULE = """
import threading
import pandera.polars as pa
import polars as pl
LOCK = threading.Lock()
def judge(data):
    with LOCK:
        return data.lazyframe.select(pl.lit(True).repeat_by(1).explode())
CHECKS = [pa.Check(judge, name="guarded", error="expected anything")]
"""


def test_a_rule_that_cannot_be_sent_is_named(tmp_path, spark):
    files = {"raw/t.csv": rows(5, 1), "pipeline/rules/t.py": RULE}
    found = builder(spark)(write_small(tmp_path / "p", SCHEMA, files))
    assert found[0] == "error"
    assert found[1].startswith("pipeline/rules/t.py: the rule guarded cannot be sent to workers (cannot pickle")


TABLE_RULE = """
import polars as pl
from fmdata.checks import table_rule
CHECKS = [table_rule("few", pl.col("kind").count().over("kind") < {most}, "expected few of a kind; remove some")]
"""


@pytest.mark.parametrize("most", [10_000, 100])
def test_a_rule_about_further_rows_sees_all_of_them(tmp_path, both, splits, most):
    splits(5_000)
    files = {"raw/t.csv": rows(250, 1), "pipeline/rules/t.py": TABLE_RULE.format(most=most)}
    ours, theirs = both(write_small(tmp_path / "p", SCHEMA, files))
    assert ours == theirs and ours[0] == ("built" if most == 10_000 else "failures")
