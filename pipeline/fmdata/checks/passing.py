"""The keys of rows that pass by and are not held: enough is kept to tell which rows have to be looked at again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from fmdata.checks.hashes import Hashes, key_hash
from fmdata.contract import ForeignKey, Package, Resource
from fmdata.contract.types import storage
from fmdata.exchange import frame, scanned
from fmdata.sql import name

# The schema of what others refer to: `referenced.<resource>` has all rows of a resource, but those fields alone.
REFERENCED = "referenced"
_HASH = "_hash"
# Odd, so that no two numbers of rows have the same product, of 64 bits; and large, so that they spread.
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
# What stands for the hash of a foreign key that is blank, or is so in part.
_BLANK, _PARTLY = 0, 1


class PassingKeys:
    """What is kept of the keys of every resource, as its rows pass: hashes, and the values that others refer to.

    Of a foreign key it is the values too, once for each batch of rows, with their hash. The hashes of all rows, in
    their order, go to files in the folder `scratch`, one for each key.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, package: Package, scratch: Path) -> None:
        self._own = {
            (resource.name, key): Hashes(scratch / f"{number} {resource.name}.keys")
            for resource in package
            for number, key in enumerate(resource.keys)
        }
        self._foreign = {
            (resource.name, number): Hashes(scratch / f"{number} {resource.name}.foreign")
            for resource in package
            for number in range(len(resource.foreign_keys))
        }
        # The foreign keys of which rows have a part.
        self._partly: set[tuple[str, int]] = set()
        self._rows = Counter[str]()
        con.execute(f"CREATE SCHEMA {REFERENCED}; CREATE SCHEMA referring")
        self._referenced: dict[str, list[str]] = {}
        for resource in package:
            for number, key in enumerate(resource.foreign_keys):
                fields = self._referenced.setdefault(key.resource, [])
                fields += [field for field in key.reference_fields if field not in fields]
                _create(con, _referring(resource, number), resource, list(key.fields), f"{_HASH} UBIGINT")
        for parent, fields in self._referenced.items():
            _create(con, f"{REFERENCED}.{name(parent)}", package.resource(parent), fields)

    def fields(self, resource: Resource) -> list[str]:
        """The fields of a resource that something is kept of."""
        return list(dict.fromkeys([*resource.key_fields, *self._referenced.get(resource.name, [])]))

    def add(
        self, con: duckdb.DuckDBPyConnection, resource: Resource, rows: pl.DataFrame, doubt: pl.Series | None
    ) -> None:
        """Keep what is needed of the next typed rows, which have those fields at least; those in doubt settle later."""
        start = self._rows[resource.name]
        self._rows[resource.name] += len(rows)
        for kept, hashes in self._hashes(resource, rows, np.arange(start, start + len(rows))):
            kept.add(hashes)
        self._keep(con, resource, rows if doubt is None else rows.filter(~doubt))

    def settle(
        self, con: duckdb.DuckDBPyConnection, resource: Resource, rows: pl.DataFrame, numbers: npt.NDArray[np.int64]
    ) -> None:
        """Keep what is needed of typed rows that were in doubt, by their numbers; the first row of all is 0."""
        for kept, hashes in self._hashes(resource, rows, numbers):
            kept.put(numbers, hashes)
        self._keep(con, resource, rows)

    def _hashes(
        self, resource: Resource, rows: pl.DataFrame, numbers: npt.NDArray[np.int64]
    ) -> Iterator[tuple[Hashes, pl.Series]]:
        """The hashes of each key of some rows, and where they are kept."""
        for key in resource.keys:
            hashes = rows.select(key_hash(key)).to_series()
            if hashes.has_nulls():
                # What is blank is like nothing else.
                hashes = hashes.zip_with(hashes.is_not_null(), pl.Series(numbers.astype(np.uint64) * _SPREAD))
            yield self._own[resource.name, key], hashes
        for number, foreign in enumerate(resource.foreign_keys):
            blank = pl.when(_is_partly_blank(foreign)).then(_PARTLY).otherwise(_BLANK).cast(pl.UInt64)
            hashes = rows.select(pl.coalesce(key_hash(foreign.fields), blank)).to_series()
            yield self._foreign[resource.name, number], hashes

    def _keep(self, con: duckdb.DuckDBPyConnection, resource: Resource, rows: pl.DataFrame) -> None:
        """Keep the values that refer to others, and those that others refer to."""
        if fields := self._referenced.get(resource.name):
            _insert(con, f"{REFERENCED}.{name(resource.name)}", rows.select(fields))
        for number, foreign in enumerate(resource.foreign_keys):
            values = rows.select(foreign.fields).unique()
            if values.select(_is_partly_blank(foreign).any()).item():
                self._partly.add((resource.name, number))
            whole = values.drop_nulls().with_columns(key_hash(foreign.fields).alias(_HASH))
            _insert(con, _referring(resource, number), whole)

    def suspicious(self, con: duckdb.DuckDBPyConnection, resource: Resource) -> npt.NDArray[np.int64]:
        """The numbers of the rows of the resource that may break a key, in their order."""
        found = np.zeros(self._rows[resource.name], np.bool_)
        for key in resource.keys:
            own = self._own[resource.name, key]
            if len(repeated := own.repeated()):
                found[own.among(repeated)] = True
        for number, foreign in enumerate(resource.foreign_keys):
            lost = _dangling(con, _referring(resource, number), foreign)
            if (resource.name, number) in self._partly:
                lost = lost.append(pl.Series([_PARTLY], dtype=pl.UInt64))
            if len(lost):
                found[self._foreign[resource.name, number].among(lost)] = True
        return np.flatnonzero(found)


def _is_partly_blank(key: ForeignKey) -> pl.Expr:
    blank = [pl.col(field).is_null() for field in key.fields]
    return pl.any_horizontal(blank) & ~pl.all_horizontal(blank)


def _dangling(con: duckdb.DuckDBPyConnection, referring: str, key: ForeignKey) -> pl.Series:
    """The hashes of the values of a foreign key that are not there, each once."""
    pairs = zip(key.fields, key.reference_fields, strict=True)
    same = " AND ".join(f"t.{name(field)} = r.{name(reference)}" for field, reference in pairs)
    lost = f"SELECT DISTINCT {_HASH} FROM {referring} t ANTI JOIN {REFERENCED}.{name(key.resource)} r ON {same}"
    return frame(con.sql(lost)).to_series()


def _referring(resource: Resource, number: int) -> str:
    return f"referring.{name(f'{number} {resource.name}')}"


def _create(con: duckdb.DuckDBPyConnection, table: str, resource: Resource, fields: list[str], *more: str) -> None:
    columns = [f"{name(field)} {storage(resource.field(field))}" for field in fields]
    con.execute(f"CREATE TABLE {table} ({', '.join([*columns, *more])})")


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
    with scanned(con, "_rows", rows):
        con.execute(f"INSERT INTO {table} FROM _rows")
