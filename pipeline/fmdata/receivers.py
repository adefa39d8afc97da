"""Who is given the typed rows of extracts that need not be held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import duckdb
import polars as pl

from fmdata.checks import PassingKeys
from fmdata.contract import Resource
from fmdata.contract.types import storage
from fmdata.doubts import ROW
from fmdata.exchange import scanned
from fmdata.sql import name

# Takes the rows of a relation for the release: connection, resource, relation.
Publish = Callable[[duckdb.DuckDBPyConnection, Resource, str], None]


class Receiver(Protocol):
    """Is given the typed rows of extracts instead of their being held; one call at a time, in a thread of its own."""

    def begin(self, con: duckdb.DuckDBPyConnection, resource: Resource) -> None:
        """There will be rows of a resource, or none."""

    def take(
        self,
        con: duckdb.DuckDBPyConnection,
        resource: Resource,
        typed: pl.DataFrame,
        doubt: pl.Series | None,
        sound: bool,
    ) -> None:
        """Take the next rows, in their order: those in doubt mean nothing. Nothing was found yet if it is `sound`."""

    def take_late(self, con: duckdb.DuckDBPyConnection, resource: Resource, typed: pl.DataFrame) -> None:
        """Take rows that were in doubt, with their numbers in the extract as `ROW`, the first of all being 0."""


@dataclass(frozen=True)
class Passing:
    """What is done with rows that need not be held: they are published, and something of their keys is kept."""

    publish: Publish
    keys: PassingKeys

    def begin(self, con: duckdb.DuckDBPyConnection, resource: Resource) -> None:
        # None of its rows: there may be no more.
        nothing = ", ".join(f"CAST(NULL AS {storage(f)}) AS {name(f.name)}" for f in resource.fields)
        self.publish(con, resource, f"(SELECT {nothing} WHERE false)")

    def take(
        self,
        con: duckdb.DuckDBPyConnection,
        resource: Resource,
        typed: pl.DataFrame,
        doubt: pl.Series | None,
        sound: bool,
    ) -> None:
        if fields := self.keys.fields(resource):
            self.keys.add(con, resource, typed.select(fields), doubt)
        if sound:
            # Arrow has other times of day than DuckDB.
            values = ", ".join(f"CAST({name(f.name)} AS {storage(f)}) AS {name(f.name)}" for f in resource.fields)
            with scanned(con, "_typed", typed):
                self.publish(con, resource, f"(SELECT {values} FROM _typed)")

    def take_late(self, con: duckdb.DuckDBPyConnection, resource: Resource, typed: pl.DataFrame) -> None:
        if fields := self.keys.fields(resource):
            self.keys.settle(con, resource, typed.select(fields), typed.get_column(ROW).to_numpy())
