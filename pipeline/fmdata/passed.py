"""Extracts whose rows passed by and are not held: how many there were, where one came from, which break a key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import polars as pl

from fmdata.checks import REFERENCED, check_keys
from fmdata.contract import Resource
from fmdata.extracts import Extract
from fmdata.intake import Passing, again, hold, place_of


@dataclass
class Passed:
    """The extracts that were taken in while `passing`, each with the texts of its files, and its number of rows."""

    passing: Passing
    extracts: dict[str, tuple[Extract, Mapping[str, Path]]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    def place(self, resource: Resource, row: int) -> tuple[str, int]:
        """The file and line that a row of a resource came from; rows are counted from 0."""
        return place_of(*self.extracts[resource.name], row)

    def check_keys(self, con: duckdb.DuckDBPyConnection, resource: Resource) -> Iterator[pl.DataFrame]:
        """Frames of failures: rows whose key stands twice or leads nowhere. Those that may are read again, and held."""
        suspicious = self.passing.keys.suspicion(con, resource)
        if suspicious is None:
            return
        for rows in again(con, *self.extracts[resource.name]):
            hold(con, rows.filter(suspicious), resource)
        yield from check_keys(con, "raw", resource, REFERENCED)
