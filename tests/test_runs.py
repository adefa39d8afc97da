"""Failures too many to hold: told in the same order, each once, however many are merged at a time."""

from __future__ import annotations

import random

import polars as pl
import pytest

from fmdata import runs
from fmdata.errors import Failure
from fmdata.failing import SCHEMA, listed
from fmdata.failures import told_once
from fmdata.runs import Runs


def frames(failures, size):
    return [pl.DataFrame(failures[i : i + size], SCHEMA, orient="row") for i in range(0, len(failures), size)]


@pytest.mark.parametrize(("together", "every"), [(1, 1), (4, 2), (64, 8), (1 << 16, 1 << 10)])
@pytest.mark.parametrize("size", [1, 7, 400])
def test_they_are_merged_in_their_order_each_once(monkeypatch, together, every, size):
    monkeypatch.setattr(runs, "_AT_ONCE", together)
    monkeypatch.setattr(runs, "_EVERY", every)
    chance = random.Random(size)
    failures = [
        Failure(
            chance.choice(["raw/a.csv", "raw/Ä.csv", "raw/z.csv"]), chance.randrange(60), chance.randrange(2), "t",
            chance.choice(["a", "a, b", "b", ""]), chance.choice(["type", "required", "foreign key", "enum"]),
            chance.choice(['"x"', '"é"', '"x, y"', ""]), "expected", "",
        )
        for _ in range(400)
    ]  # fmt: skip
    found = Runs()
    for frame in frames(failures, size):
        found.add(frame)
    merged = list(found.merged())
    assert listed(merged) == sorted(set(told_once(failures)))
    places = [set(frame.select("file", "line").iter_rows()) for frame in merged]
    assert sum(map(len, places)) == len(set().union(*places)), "those of a line are together"
    if together == 1:
        assert len(merged) > 20
    found.close()


def test_there_are_none_until_one_is_added():
    found = Runs()
    found.add(pl.DataFrame(schema=SCHEMA))
    assert not found and list(found.merged()) == []
    found.close()
