"""Keys, which are a matter of whole tables, checked set-wise in SQL: primary, unique and foreign keys."""

from __future__ import annotations

import duckdb

from fmdata.contract import ForeignKey, Resource
from fmdata.errors import Failure, quote
from fmdata.sql import name, scalar


def check_keys(con: duckdb.DuckDBPyConnection, schema: str, resource: Resource) -> list[Failure]:
    """The rows of `schema.<resource>` whose key stands twice or whose foreign key leads nowhere."""
    table = f"{schema}.{name(resource.name)}"
    failures = []
    for key in resource.keys:
        failures += _duplicates(con, table, resource, key)
    for foreign in resource.foreign_keys:
        failures += _dangling(con, schema, table, resource, foreign)
    return failures


def _duplicates(con: duckdb.DuckDBPyConnection, table: str, resource: Resource, key: tuple[str, ...]) -> list[Failure]:
    columns = ", ".join(map(name, key))
    present = " AND ".join(f"{name(field)} IS NOT NULL" for field in key)
    # As many distinct hashes as rows proves uniqueness; only otherwise are the rows worth finding.
    proof = f"SELECT count(DISTINCT hash({columns})) = count(*) FROM {table} WHERE {present}"
    if scalar(con, proof):
        return []
    rows = con.execute(f"""
        SELECT _file, _line, _first_file, _first_line, {columns} FROM (
            SELECT *, first_value(_file) OVER same AS _first_file, first_value(_line) OVER same AS _first_line,
                row_number() OVER same AS _nth
            FROM {table} WHERE {present} WINDOW same AS (PARTITION BY {columns} ORDER BY _file, _line)
        ) WHERE _nth > 1 ORDER BY _file, _line
    """).fetchall()
    rule = "primary key" if key == resource.primary_key else "unique"
    return [
        Failure(file, line, 0, resource.name, ", ".join(key), rule, f"{_values(values)} stands twice",
                f"each {' + '.join(key)} once; the first is at {first_file}:{first_line}", "Correct or remove one")
        for file, line, first_file, first_line, *values in rows
    ]  # fmt: skip


def _dangling(
    con: duckdb.DuckDBPyConnection, schema: str, table: str, resource: Resource, key: ForeignKey
) -> list[Failure]:
    columns = ", ".join(f"t.{name(field)}" for field in key.fields)
    present = " AND ".join(f"t.{name(field)} IS NOT NULL" for field in key.fields)
    same = " AND ".join(
        f"t.{name(field)} = r.{name(reference)}"
        for field, reference in zip(key.fields, key.reference_fields, strict=True)
    )
    rows = con.execute(f"""
        SELECT t._file, t._line, {columns} FROM {table} t ANTI JOIN {schema}.{name(key.resource)} r ON {same}
        WHERE {present} ORDER BY t._file, t._line
    """).fetchall()
    fields, wanted = ", ".join(key.fields), f"a {' + '.join(key.reference_fields)} of {key.resource}"
    advice = f"Correct it, or add the row to {key.resource}"
    failures = [
        Failure(file, line, 0, resource.name, fields, "foreign key", f"{_values(values)} is not in {key.resource}",
                wanted, advice)
        for file, line, *values in rows
    ]  # fmt: skip
    if len(key.fields) > 1:
        blank = " OR ".join(f"{name(field)} IS NULL" for field in key.fields)
        some = " OR ".join(f"{name(field)} IS NOT NULL" for field in key.fields)
        partly = con.execute(f"SELECT _file, _line FROM {table} WHERE ({blank}) AND ({some}) ORDER BY ALL").fetchall()
        found = "the key is blank in part"
        failures += [
            Failure(file, line, 0, resource.name, fields, "foreign key", found, wanted, "Fill in all of it or none")
            for file, line in partly
        ]
    return failures


def _values(values: list[object]) -> str:
    return " + ".join(quote(value) for value in values)
