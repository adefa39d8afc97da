"""Checking typed rows with pandera: the contract's rules cell by cell, then the project's rules row by row.

pandera sees eager polars frames in ordered batches: a lazy frame would be checked for its schema only.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import duckdb
import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrorReason

from fmdata.checks.schema import CONTRACT, REQUIRED, schema, whole
from fmdata.contract import Resource
from fmdata.contract.constraints import rules
from fmdata.errors import Failure, FmdataError, quote
from fmdata.sql import count, name

BATCH = 200_000


def check_rows(con: duckdb.DuckDBPyConnection, table: str, resource: Resource, checks: list[pa.Check]) -> list[Failure]:
    """The failures of `table`, the typed rows of `resource` with `_file` and `_line`.

    A table with rules of its own is one batch, since a rule may look at neighbouring rows.
    """
    for switch in sorted(os.environ):
        if switch.startswith("PANDERA_VALIDATION_"):
            raise FmdataError(f"{switch} can switch checks off; unset it and run again.")
    derived = whole(resource)
    derived.checks = [*derived.checks, *checks]
    failures: list[Failure] = []
    for frame in _batches(con, table, resource, at_once=bool(checks)):
        for error in _errors(derived, frame):
            # Which rule of the contract a row breaks is asked only where it breaks one.
            named = _errors(schema(resource), frame) if getattr(error.check, "name", "") == CONTRACT else []
            for one in named or [error]:
                failures += _failures(resource, frame, one)
    return failures


def _errors(derived: pa.DataFrameSchema, frame: pl.DataFrame) -> list[pa.errors.SchemaError]:
    try:
        derived.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        return list(errors.schema_errors)
    return []


def _batches(con: duckdb.DuckDBPyConnection, table: str, resource: Resource, at_once: bool) -> Iterator[pl.DataFrame]:
    # Text that Arrow has no type for (JSON) travels as text.
    columns = ", ".join(
        f"CAST({name(f.name)} AS VARCHAR) AS {name(f.name)}" if f.type in ("object", "array") else name(f.name)
        for f in resource.fields
    )
    described = con.execute(f"DESCRIBE {table}").fetchall()
    working = "".join(f", {name(row[0])}" for row in described if row[0].startswith("_"))
    rows = count(con, table)
    size = max(rows, 1) if at_once else BATCH
    for start in range(0, rows, size):
        slice_ = f"rowid >= {start} AND rowid < {start + size}"
        yield pl.DataFrame(con.sql(f"SELECT {columns}{working} FROM {table} WHERE {slice_} ORDER BY rowid"))


def _failures(resource: Resource, frame: pl.DataFrame, error: pa.errors.SchemaError) -> Iterator[Failure]:
    if error.reason_code == SchemaErrorReason.CHECK_ERROR or not isinstance(error.check_output, pl.DataFrame):
        where = f"pipeline/rules/{resource.name}.py"
        raise FmdataError(
            f"{where}: the rule {getattr(error.check, 'name', error.check)} does not run. {_cause(error)}"
        )
    verdict = error.check_output.to_series()
    if len(verdict) != len(frame):
        where = f"pipeline/rules/{resource.name}.py: the rule {error.check.name}"
        raise FmdataError(f"{where} gives {len(verdict)} verdict(s) for {len(frame)} rows; expected one a row.")
    broken = frame.filter(~verdict.fill_null(False))
    if error.column_name is not None:
        yield from _broken_cells(resource, broken, error.column_name, error.check.name)
    elif error.check.name == REQUIRED:
        for rule in rules(resource.fields, resource.primary_key):
            if rule.name == REQUIRED:
                blank = broken.filter(pl.col(rule.field.name).is_null())
                yield from _broken_cells(resource, blank, rule.field.name, REQUIRED)
    else:
        yield from _broken_rule(resource, broken, error.check)


def _cause(error: pa.errors.SchemaError) -> str:
    """Why a rule does not run, without the traceback that pandera puts below."""
    return str(error).split("\nTraceback")[0].split("\n")[0]


def _broken_cells(resource: Resource, broken: pl.DataFrame, field: str, rule_name: str) -> Iterator[Failure]:
    own = rules([resource.field(field)], resource.primary_key)
    rule = next(rule for rule in own if rule.name == rule_name)
    expected = rule.expected
    if "example" in rule.field.descriptor:
        expected += f", e.g. {rule.field.descriptor['example']}"
    for row in broken.iter_rows(named=True):
        found = "the cell is blank" if row[field] is None else f"{quote(row[field])} breaks {rule.name}"
        yield Failure(row["_file"], row["_line"], 0, resource.name, field, rule.name, found, expected, rule.advice)


def _broken_rule(resource: Resource, broken: pl.DataFrame, check: pa.Check) -> Iterator[Failure]:
    expected, _, advice = str(check.error).removeprefix("expected ").partition("; ")
    advice = advice[:1].upper() + advice[1:].rstrip(".")
    for row in broken.iter_rows(named=True):
        key = ", ".join(f"{field} {quote(row[field])}" for field in resource.primary_key) or "the row"
        found = f"{key} breaks the rule {check.name}"
        yield Failure(row["_file"], row["_line"], 0, resource.name, "", str(check.name), found, expected, advice)
