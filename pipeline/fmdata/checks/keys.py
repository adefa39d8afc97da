"""Keys, which are a matter of whole tables, checked set-wise in SQL: primary, unique and foreign keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import duckdb
import polars as pl

from fmdata.contract import ForeignKey, Resource
from fmdata.exchange import slices
from fmdata.failing import alike, quoted
from fmdata.sql import name, scalar

_AT_ONCE = 200_000


@dataclass(frozen=True)
class KeyQuestion:
    """What is asked of a table about one of its keys, in SQL, and how the answer is told.

    `rows` are those that break it, with their `_file` and `_line`; `proof` is a value that is true where there are none
    for sure, which is quicker to ask.
    """

    proof: str
    rows: str
    tell: Callable[[pl.DataFrame], pl.DataFrame]


def key_questions(schema: str, resource: Resource, referenced: str = "") -> Iterator[KeyQuestion]:
    """What proves that in `schema.<resource>` no key stands twice and each foreign key leads somewhere.

    `referenced` is the schema of the tables that they refer to, if it is another one.
    """
    table = f"{schema}.{name(resource.name)}"
    for key in resource.keys:
        yield _duplicates(table, resource, key)
    for foreign in resource.foreign_keys:
        yield _dangling(table, referenced or schema, resource, foreign)
        if len(foreign.fields) > 1:
            yield _partly(table, resource, foreign)


def check_keys(
    con: duckdb.DuckDBPyConnection, schema: str, resource: Resource, referenced: str = ""
) -> Iterator[pl.DataFrame]:
    """Frames of failures: the rows of `schema.<resource>` whose key stands twice or whose foreign key leads nowhere.

    `referenced` is as for `key_questions`. Nothing else may be asked of `con` until all of them are drawn.
    """
    for question in key_questions(schema, resource, referenced):
        if scalar(con, question.proof):
            continue
        con.execute(f"CREATE OR REPLACE TEMP TABLE _broken AS {question.rows}")
        yield from map(question.tell, slices(con, "*", "_broken", _AT_ONCE))
        con.execute("DROP TABLE _broken")


def _duplicates(table: str, resource: Resource, key: tuple[str, ...]) -> KeyQuestion:
    columns = ", ".join(map(name, key))
    present = " AND ".join(f"{name(field)} IS NOT NULL" for field in key)
    # As many distinct keys as rows proves uniqueness; only otherwise are the rows worth finding.
    keys = f"DISTINCT {columns}" if len(key) == 1 else f"DISTINCT hash({columns})"
    rows = f"""
        SELECT _file, _line, _first_file, _first_line, {columns} FROM (
            SELECT *, first_value(_file) OVER same AS _first_file, first_value(_line) OVER same AS _first_line,
                row_number() OVER same AS _nth
            FROM {table} SEMI JOIN (
                SELECT {columns} FROM {table} WHERE {present} GROUP BY ALL HAVING count(*) > 1
            ) USING ({columns}) WINDOW same AS (PARTITION BY {columns} ORDER BY _file, _line)
        ) WHERE _nth > 1
    """
    rule = "primary key" if key == resource.primary_key else "unique"
    first = pl.concat_str("_first_file", pl.lit(":"), "_first_line")
    expected = f"each {' + '.join(key)} once; the first is at " + first

    def tell(broken: pl.DataFrame) -> pl.DataFrame:
        found = _values(broken, key) + " stands twice"
        return alike(broken, found, resource.name, ", ".join(key), rule, expected, "Correct or remove one")

    return KeyQuestion(f"SELECT count({keys}) = count(*) FROM {table} WHERE {present}", rows, tell)


def _dangling(table: str, referenced: str, resource: Resource, key: ForeignKey) -> KeyQuestion:
    columns = ", ".join(f"t.{name(field)}" for field in key.fields)
    present = " AND ".join(f"t.{name(field)} IS NOT NULL" for field in key.fields)
    same = " AND ".join(
        f"t.{name(field)} = r.{name(reference)}"
        for field, reference in zip(key.fields, key.reference_fields, strict=True)
    )
    rows = f"""
        SELECT t._file, t._line, {columns} FROM {table} t ANTI JOIN {referenced}.{name(key.resource)} r ON {same}
        WHERE {present}
    """

    def tell(broken: pl.DataFrame) -> pl.DataFrame:
        found = _values(broken, key.fields) + f" is not in {key.resource}"
        advice = f"Correct it, or add the row to {key.resource}"
        return alike(broken, found, resource.name, ", ".join(key.fields), "foreign key", _wanted(key), advice)

    return KeyQuestion(_are_none(rows), rows, tell)


def _partly(table: str, resource: Resource, key: ForeignKey) -> KeyQuestion:
    blank = " OR ".join(f"{name(field)} IS NULL" for field in key.fields)
    some = " OR ".join(f"{name(field)} IS NOT NULL" for field in key.fields)
    rows = f"SELECT _file, _line FROM {table} WHERE ({blank}) AND ({some})"

    def tell(broken: pl.DataFrame) -> pl.DataFrame:
        found, advice = "the key is blank in part", "Fill in all of it or none"
        return alike(broken, found, resource.name, ", ".join(key.fields), "foreign key", _wanted(key), advice)

    return KeyQuestion(_are_none(rows), rows, tell)


def _are_none(rows: str) -> str:
    return f"SELECT NOT EXISTS ({rows})"


def _wanted(key: ForeignKey) -> str:
    return f"a {' + '.join(key.reference_fields)} of {key.resource}"


def _values(rows: pl.DataFrame, key: tuple[str, ...]) -> pl.Expr:
    return pl.concat_str([quoted(rows.get_column(field)) for field in key], separator=" + ")
