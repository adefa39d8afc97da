"""The keys of rows that pass by and are not held: enough is kept to tell which rows have to be looked at again."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl

from fmdata.checks.hashes import Hashes, key_hash
from fmdata.contract import ForeignKey, Package, Resource
from fmdata.contract.types import storage
from fmdata.exchange import frame, scanned
from fmdata.sql import name

# The schema of what others refer to: `referenced.<resource>` has all rows of a resource, but those fields alone.
REFERENCED = "referenced"
_HASH = "_hash"


class PassingKeys:
    """What is kept of the keys of every resource, as its rows pass: hashes of its own, the values that others refer to.

    Of a foreign key it is the values, once for each batch of rows, with their hash. Hashes of own keys go to files in
    the folder `scratch`.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, package: Package, scratch: Path) -> None:
        self._own = {
            (resource.name, key): Hashes(scratch / f"{number} {resource.name}.keys")
            for resource in package
            for number, key in enumerate(resource.keys)
        }
        # The foreign keys of which rows have a part.
        self._partly: set[tuple[str, ForeignKey]] = set()
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

    def add(self, con: duckdb.DuckDBPyConnection, resource: Resource, rows: pl.DataFrame) -> None:
        """Keep what is needed of some typed rows, which have those fields at least."""
        for key in resource.keys:
            self._own[resource.name, key].add(rows.select(key_hash(key)).to_series().drop_nulls())
        if fields := self._referenced.get(resource.name):
            _insert(con, f"{REFERENCED}.{name(resource.name)}", rows.select(fields))
        for number, foreign in enumerate(resource.foreign_keys):
            values = rows.select(foreign.fields).unique()
            if values.select(_is_partly_blank(foreign).any()).item():
                self._partly.add((resource.name, foreign))
            whole = values.drop_nulls().with_columns(key_hash(foreign.fields).alias(_HASH))
            _insert(con, _referring(resource, number), whole)

    def suspicion(self, con: duckdb.DuckDBPyConnection, resource: Resource) -> pl.Expr | None:
        """Whether a row of the resource may break a key, as an expression over its typed fields; None if none does."""
        found = []
        for key in resource.keys:
            if len(repeated := self._own[resource.name, key].repeated()):
                found.append(key_hash(key).is_in(repeated.implode()))
        for number, foreign in enumerate(resource.foreign_keys):
            if len(dangling := _dangling(con, _referring(resource, number), foreign)):
                found.append(key_hash(foreign.fields).is_in(dangling.implode()))
            if (resource.name, foreign) in self._partly:
                found.append(_is_partly_blank(foreign))
        return pl.any_horizontal(found).fill_null(False) if found else None


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
