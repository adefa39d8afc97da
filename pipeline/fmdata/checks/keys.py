"""Keys, which are a matter of whole tables, checked set-wise in SQL: primary, unique and foreign keys."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from fmdata.contract import ForeignKey, Resource
from fmdata.errors import Failure, quote
from fmdata.sql import drained, name, scalar


def check_keys(
    con: duckdb.DuckDBPyConnection, schema: str, resource: Resource, referenced: str = ""
) -> Iterator[Failure]:
    """The rows of `schema.<resource>` whose key stands twice or whose foreign key leads nowhere.

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
) -> Iterator[Failure]:
    columns = ", ".join(map(name, key))
    present = " AND ".join(f"{name(field)} IS NOT NULL" for field in key)
    # As many distinct keys as rows proves uniqueness; only otherwise are the rows worth finding.
    keys = f"DISTINCT {columns}" if len(key) == 1 else f"DISTINCT hash({columns})"
    if scalar(con, f"SELECT count({keys}) = count(*) FROM {table} WHERE {present}"):
        return
    rows = con.execute(f"""
        SELECT _file, _line, _first_file, _first_line, {columns} FROM (
            SELECT *, first_value(_file) OVER same AS _first_file, first_value(_line) OVER same AS _first_line,
                row_number() OVER same AS _nth
            FROM {table} SEMI JOIN (
                SELECT {columns} FROM {table} WHERE {present} GROUP BY ALL HAVING count(*) > 1
            ) USING ({columns}) WINDOW same AS (PARTITION BY {columns} ORDER BY _file, _line)
        ) WHERE _nth > 1
    """)
    rule = "primary key" if key == resource.primary_key else "unique"
    for file, line, first_file, first_line, *values in drained(rows):
        expected = f"each {' + '.join(key)} once; the first is at {first_file}:{first_line}"
        found = f"{_values(values)} stands twice"
        yield Failure(file, line, 0, resource.name, ", ".join(key), rule, found, expected, "Correct or remove one")


def _dangling(
    con: duckdb.DuckDBPyConnection, referenced: str, table: str, resource: Resource, key: ForeignKey
) -> Iterator[Failure]:
    columns = ", ".join(f"t.{name(field)}" for field in key.fields)
    present = " AND ".join(f"t.{name(field)} IS NOT NULL" for field in key.fields)
    same = " AND ".join(
        f"t.{name(field)} = r.{name(reference)}"
        for field, reference in zip(key.fields, key.reference_fields, strict=True)
    )
    rows = con.execute(f"""
        SELECT t._file, t._line, {columns} FROM {table} t ANTI JOIN {referenced}.{name(key.resource)} r ON {same}
        WHERE {present}
    """)
    fields, wanted = ", ".join(key.fields), f"a {' + '.join(key.reference_fields)} of {key.resource}"
    advice = f"Correct it, or add the row to {key.resource}"
    for file, line, *values in drained(rows):
        found = f"{_values(values)} is not in {key.resource}"
        yield Failure(file, line, 0, resource.name, fields, "foreign key", found, wanted, advice)
    if len(key.fields) > 1:
        blank = " OR ".join(f"{name(field)} IS NULL" for field in key.fields)
        some = " OR ".join(f"{name(field)} IS NOT NULL" for field in key.fields)
        partly = con.execute(f"SELECT _file, _line FROM {table} WHERE ({blank}) AND ({some})")
        found, advice = "the key is blank in part", "Fill in all of it or none"
        for file, line in drained(partly):
            yield Failure(file, line, 0, resource.name, fields, "foreign key", found, wanted, advice)


def _values(values: list[object]) -> str:
    return " + ".join(quote(value) for value in values)
