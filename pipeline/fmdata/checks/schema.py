"""The pandera schema of a resource, derived from its contract.

pandera's own `from_frictionless_schema` drops keys, bounds, formats and missing values, so it is not used. `coerce` and
`unique` stay off: casts are done before, and nulls must not count as equal. Uniqueness is checked in `keys`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandera.polars as pa
import polars as pl

from fmdata.contract import Resource
from fmdata.contract.constraints import rules
from fmdata.contract.patterns import portable

REQUIRED = "required"
CHECKS: dict[str, Callable[[Any], pa.Check]] = {
    "minimum": lambda limit: pa.Check.ge(limit),
    "maximum": lambda limit: pa.Check.le(limit),
    "exclusiveMinimum": lambda limit: pa.Check.gt(limit),
    "exclusiveMaximum": lambda limit: pa.Check.lt(limit),
    "minLength": lambda limit: pa.Check.str_length(min_value=limit),
    "maxLength": lambda limit: pa.Check.str_length(max_value=limit),
    "pattern": lambda pattern: _matches(f"^(?:{portable(pattern)})$"),
    "enum": lambda values: pa.Check.isin(values),
}


def schema(resource: Resource) -> pa.DataFrameSchema:
    """A pandera column for each field that has rules, with a check for each; further columns are let be.

    "required" is one check over the whole row: a column's own test for nulls would cost a pass each.
    """
    found = rules(resource.fields, resource.primary_key)
    columns: dict[str, pa.Column] = {}
    for rule in found:
        if rule.name != "required":
            check = CHECKS[rule.name](rule.parameter)
            check.name = rule.name
            column = columns.setdefault(rule.field.name, pa.Column(nullable=True))
            column.checks = [*column.checks, check]
    required = [rule.field.name for rule in found if rule.name == "required"]
    return pa.DataFrameSchema(columns, checks=[_required(required)] if required else [], strict=False)


def _required(fields: list[str]) -> pa.Check:
    def filled(data: pa.PolarsData) -> pl.LazyFrame:
        frame: pl.LazyFrame = data.lazyframe
        return frame.select(pl.all_horizontal(pl.col(fields).is_not_null()))

    return pa.Check(filled, name=REQUIRED)


def _matches(pattern: str) -> pa.Check:
    """Whether a whole text matches. pandera's own str_matches anchors only the start, and compiles with Python's re."""

    def matches(data: pa.PolarsData) -> pl.LazyFrame:
        frame: pl.LazyFrame = data.lazyframe
        return frame.select(pl.col(data.key).str.contains(pattern))

    return pa.Check(matches)
