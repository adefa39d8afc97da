"""Keys, which are a matter of whole tables, checked set-wise in SQL: primary, unique and foreign keys."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import polars as pl

from fmdata.contract import ForeignKey, Resource
from fmdata.exchange import slices
from fmdata.failing import alike, quoted
from fmdata.sql import name, scalar

_AT_ONCE = 200_000


def check_keys(
    con: duckdb.DuckDBPyConnection, schema: str, resource: Resource, referenced: str = ""
) -> Iterator[pl.DataFrame]:
    """Frames of failures: the rows of `schema.<resource>` whose key stands twice or whose foreign key leads nowhere.

    `referenced` is the schema of the tables that they refer to, if it is another one. Nothing else may be asked of
    `con` until all of them are drawn.
    """
    table = f"{schema}.{name(resource.name)}"
    for key in resource.keys:
        yield from _duplicates(con, table, resource, key)
    for foreign in resource.foreign_keys:
        yield from _dangling(con, referenced or schema, table, resource, foreign)


def _duplicates(
    con: duckdb.DuckDBPyConnection, table: str, resource: Resource, key: tuple[str, ...]
) -> Iterator[pl.DataFrame]:
    columns = ", ".join(map(name, key))
    present = " AND ".join(f"{name(field)} IS NOT NULL" for field in key)
    # As many distinct keys as rows proves uniqueness; only otherwise are the rows worth finding.
    keys = f"DISTINCT {columns}" if len(key) == 1 else f"DISTINCT hash({columns})"
    if scalar(con, f"SELECT count({keys}) = count(*) FROM {table} WHERE {present}"):
        return
    rows = _all(
        con,
        f"""
        SELECT _file, _line, _first_file, _first_line, {columns} FROM (
            SELECT *, first_value(_file) OVER same AS _first_file, first_value(_line) OVER same AS _first_line,
                row_number() OVER same AS _nth
            FROM {table} SEMI JOIN (
                SELECT {columns} FROM {table} WHERE {present} GROUP BY ALL HAVING count(*) > 1
            ) USING ({columns}) WINDOW same AS (PARTITION BY {columns} ORDER BY _file, _line)
        ) WHERE _nth > 1
    """,
    )
    rule = "primary key" if key == resource.primary_key else "unique"
    first = pl.concat_str("_first_file", pl.lit(":"), "_first_line")
    expected = f"each {' + '.join(key)} once; the first is at " + first
    for broken in rows:
        found = _values(broken, key) + " stands twice"
        yield alike(broken, found, resource.name, ", ".join(key), rule, expected, "Correct or remove one")


def _dangling(
    con: duckdb.DuckDBPyConnection, referenced: str, table: str, resource: Resource, key: ForeignKey
) -> Iterator[pl.DataFrame]:
    columns = ", ".join(f"t.{name(field)}" for field in key.fields)
    present = " AND ".join(f"t.{name(field)} IS NOT NULL" for field in key.fields)
    same = " AND ".join(
        f"t.{name(field)} = r.{name(reference)}"
        for field, reference in zip(key.fields, key.reference_fields, strict=True)
    )
    rows = _frames(
        con,
        f"""
        SELECT t._file, t._line, {columns} FROM {table} t ANTI JOIN {referenced}.{name(key.resource)} r ON {same}
        WHERE {present}
    """,
    )
    fields, wanted = ", ".join(key.fields), f"a {' + '.join(key.reference_fields)} of {key.resource}"
    advice = f"Correct it, or add the row to {key.resource}"
    for broken in rows:
        found = _values(broken, key.fields) + f" is not in {key.resource}"
        yield alike(broken, found, resource.name, fields, "foreign key", wanted, advice)
    if len(key.fields) > 1:
        blank = " OR ".join(f"{name(field)} IS NULL" for field in key.fields)
        some = " OR ".join(f"{name(field)} IS NOT NULL" for field in key.fields)
        partly = _frames(con, f"SELECT _file, _line FROM {table} WHERE ({blank}) AND ({some})")
        part, advice = "the key is blank in part", "Fill in all of it or none"
        for broken in partly:
            yield alike(broken, part, resource.name, fields, "foreign key", wanted, advice)


def _frames(con: duckdb.DuckDBPyConnection, query: str) -> Iterator[pl.DataFrame]:
    """The rows of a query, so many at a time. Mostly there are none, which is quickly asked."""
    if scalar(con, f"SELECT EXISTS ({query})"):
        yield from _all(con, query)


def _all(con: duckdb.DuckDBPyConnection, query: str) -> Iterator[pl.DataFrame]:
    """The rows of a query that has some, so many at a time."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE _broken AS {query}")
    yield from slices(con, "*", "_broken", _AT_ONCE)
    con.execute("DROP TABLE _broken")


def _values(rows: pl.DataFrame, key: tuple[str, ...]) -> pl.Expr:
    return pl.concat_str([quoted(rows.get_column(field)) for field in key], separator=" + ")
