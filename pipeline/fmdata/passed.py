"""Extracts whose rows passed by and are not held: how many there were, where one came from, which break a key."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import duckdb
import polars as pl

from fmdata.checks import REFERENCED, check_keys
from fmdata.contract import Resource
from fmdata.intake import hold
from fmdata.receivers import Passing
from fmdata.taken import Taken, again

# Few rows of a batch are held; some batches take no longer than one.
_TOGETHER = 4


@dataclass
class Passed:
    """The extracts that were taken in while `passing`."""

    passing: Passing
    extracts: dict[str, Taken] = field(default_factory=dict)

    def place(self, resource: Resource, row: int) -> tuple[str, int]:
        """The file and line that a row of a resource came from; rows are counted from 0."""
        return self.extracts[resource.name].place(row)

    def check_keys(self, con: duckdb.DuckDBPyConnection, resource: Resource) -> Iterator[pl.DataFrame]:
        """Frames of failures: rows whose key stands twice or leads nowhere. Those that may are read again, and held."""
        suspicious = self.passing.keys.suspicious(con, resource)
        if not len(suspicious):
            return
        rows = again(con, self.extracts[resource.name], suspicious)
        while some := [*itertools.islice(rows, _TOGETHER)]:
            hold(con, pl.concat(some), resource)
        yield from check_keys(con, "raw", resource, REFERENCED)
