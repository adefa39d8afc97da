"""SQLite DDL derived from the contract: STRICT tables with keys, constraints, indexes and words.

SQLite knows no dates, booleans, or patterns: dates and times are ISO 8601 texts, booleans 0 and 1, and patterns are
left to the checks of the build. Source: SQLite, "CREATE TABLE" and "STRICT Tables".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb

from fmdata.contract import Field, Package, Resource
from fmdata.contract.constraints import Rule, rules, sql_value
from fmdata.contract.types import storage
from fmdata.errors import FmdataError
from fmdata.exports.rows import iso
from fmdata.order import in_order
from fmdata.sql import literal, name, scalar
from fmdata.writers.ddl import comments

# INT and not INTEGER: an INTEGER that is the key takes the place of rowid, which keeps the order of the rows.
_TYPES = {"BIGINT": "INT", "INTEGER": "INT", "BOOLEAN": "INT", "DOUBLE": "REAL"}
_MOST_COLUMNS = 2000
Value = Callable[[Field, Any], str]
_CHECKS: dict[str, Callable[[str, Rule, Value], str]] = {
    "required": lambda *_: "NOT NULL",
    "minimum": lambda column, rule, value: f"CHECK ({column} >= {value(rule.field, rule.parameter)})",
    "maximum": lambda column, rule, value: f"CHECK ({column} <= {value(rule.field, rule.parameter)})",
    "exclusiveMinimum": lambda column, rule, value: f"CHECK ({column} > {value(rule.field, rule.parameter)})",
    "exclusiveMaximum": lambda column, rule, value: f"CHECK ({column} < {value(rule.field, rule.parameter)})",
    "minLength": lambda column, rule, _: f"CHECK (length({column}) >= {int(rule.parameter)})",
    "maxLength": lambda column, rule, _: f"CHECK (length({column}) <= {int(rule.parameter)})",
    "pattern": lambda *_: "",
    "enum": lambda column, rule, value: (
        f"CHECK ({column} IN ({', '.join(value(rule.field, one) for one in rule.parameter)}))"
    ),
}


def in_sqlite(field: Field, column: str) -> str:
    """DuckDB's SQL: a typed value as SQLite holds it."""
    return f"CAST({column} AS TINYINT)" if storage(field) == "BOOLEAN" else iso(field, column)


def refuse_beyond(package: Package) -> None:
    """Raise `FmdataError` for a table that SQLite cannot have."""
    for resource in package:
        if resource.name.startswith("sqlite_"):
            found = "SQLite keeps names that begin with sqlite_ to itself"
            raise FmdataError(f"{resource.name}: {found}. Export to another format.")
        if len(resource.fields) > _MOST_COLUMNS:
            found = f"{len(resource.fields):,} columns"
            raise FmdataError(f"{resource.name}: {found}; SQLite has up to {_MOST_COLUMNS:,}. Export to parquet.")


def tables(package: Package) -> list[Resource]:
    """The tables, each after those that it refers to."""
    waits = {r.name: {key.resource for key in r.foreign_keys} - {r.name} for r in package}
    return [package.resource(table) for table in in_order(waits)[0]]


def create(con: duckdb.DuckDBPyConnection, resource: Resource) -> str:
    """CREATE TABLE of a table. `con` is any connection: it says how a value of the contract is written."""

    def value(field: Field, parameter: object) -> str:
        found = scalar(con, f"SELECT {in_sqlite(field, sql_value(field, parameter))}")
        return literal(found) if isinstance(found, str) else repr(found)

    words = comments(resource)
    found = rules(resource.fields, resource.primary_key)
    parts = [(_column(field, found, value), words[field.name]) for field in resource.fields]
    parts += [
        (f"{'PRIMARY KEY' if key == resource.primary_key else 'UNIQUE'} ({listed(key)})", "") for key in resource.keys
    ]
    parts += [
        (f"FOREIGN KEY ({listed(key.fields)}) REFERENCES {name(key.resource)} ({listed(key.reference_fields)})", "")
        for key in resource.foreign_keys
    ]
    return create_table(resource.name, words[""], parts)


def create_table(table: str, words: str, parts: list[tuple[str, str]]) -> str:
    """CREATE TABLE of some columns and constraints, each with words, which SQLite keeps with the statement."""
    last = len(parts) - 1
    lines = [f"  {sql}{',' if n < last else ''}{_comment(said)}" for n, (sql, said) in enumerate(parts)]
    return "\n".join([f"CREATE TABLE {name(table)} ({_comment(words)}", *lines, ") STRICT"])


def indexes(resource: Resource) -> list[str]:
    """CREATE INDEX for each foreign key that no key of its own begins with, so that joins are quick both ways."""
    wanted = dict.fromkeys(key.fields for key in resource.foreign_keys)
    return [
        f"CREATE INDEX {name(' '.join([resource.name, 'by', *fields]))} ON {name(resource.name)} ({listed(fields)})"
        for fields in wanted
        if not any(key[: len(fields)] == fields for key in resource.keys)
    ]


def listed(fields: tuple[str, ...]) -> str:
    """Names of columns, as SQL lists them."""
    return ", ".join(map(name, fields))


def _column(field: Field, found: list[Rule], value: Value) -> str:
    column = name(field.name)
    checks = [_CHECKS[rule.name](column, rule, value) for rule in found if rule.field is field]
    if storage(field) == "BOOLEAN":
        checks.append(f"CHECK ({column} IN (0, 1))")
    return " ".join([column, _TYPES.get(storage(field), "TEXT"), *filter(None, checks)])


def _comment(words: str) -> str:
    return f" -- {' '.join(words.split())}" if words else ""
