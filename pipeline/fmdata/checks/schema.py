"""The pandera schemas of a resource, derived from its contract.

pandera's own `from_frictionless_schema` drops keys, bounds, formats and missing values, so it is not used. `coerce` and
`unique` stay off: casts are done before, and nulls must not count as equal. Uniqueness is checked in `keys`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandera.polars as pa
import polars as pl

from fmdata.contract import Resource
from fmdata.contract.constraints import Rule, rules
from fmdata.contract.patterns import portable

REQUIRED, CONTRACT = "required", "contract"
# What a column's values keep, as a polars expression over the column: null where the value is null.
CONDITIONS: dict[str, Callable[[pl.Expr, Any], pl.Expr]] = {
    "minimum": lambda column, limit: column >= limit,
    "maximum": lambda column, limit: column <= limit,
    "exclusiveMinimum": lambda column, limit: column > limit,
    "exclusiveMaximum": lambda column, limit: column < limit,
    "minLength": lambda column, limit: column.str.len_chars() >= limit,
    "maxLength": lambda column, limit: column.str.len_chars() <= limit,
    "pattern": lambda column, pattern: column.str.contains(f"^(?:{portable(pattern)})$"),
    "enum": lambda column, values: column.is_in(values),
}


def whole(resource: Resource | None, further: list[pl.Expr]) -> pa.DataFrameSchema:
    """One check over the whole row: whether it keeps everything `schema` says, and what is asked `further`.

    It costs one pass, not one a rule. Without a resource it is what is asked further alone.
    """
    found = rules(resource.fields, resource.primary_key) if resource else []
    conditions = [*map(_condition, found), *further]
    return pa.DataFrameSchema(checks=[_rows(CONTRACT, conditions)] if conditions else [], strict=False)


def schema(resource: Resource) -> pa.DataFrameSchema:
    """A pandera column for each field that has rules, with a check for each; further columns are let be.

    "required" is one check over the whole row: a column's own test for nulls would cost a pass each.
    """
    found = rules(resource.fields, resource.primary_key)
    columns: dict[str, pa.Column] = {}
    for rule in found:
        if rule.name != REQUIRED:
            column = columns.setdefault(rule.field.name, pa.Column(nullable=True))
            column.checks = [*column.checks, _rows(rule.name, [_condition(rule)])]
    required = [rule for rule in found if rule.name == REQUIRED]
    return pa.DataFrameSchema(
        columns, checks=[_rows(REQUIRED, [*map(_condition, required)])] if required else [], strict=False
    )


def _rows(name: str, conditions: list[pl.Expr]) -> pa.Check:
    """A check of that name whose verdict on a row is whether it keeps all the conditions."""
    # Its verdict says which rows; pandera need not gather them as well.
    return pa.Check(verdict(pl.all_horizontal(conditions)), name=name, n_failure_cases=1)


def verdict(expression: pl.Expr) -> Callable[[pa.PolarsData], pl.LazyFrame]:
    """What a check does whose verdict on each row is an expression; a null counts as broken."""

    def select(data: pa.PolarsData) -> pl.LazyFrame:
        frame: pl.LazyFrame = data.lazyframe
        return frame.select(expression.fill_null(False))

    return select


def _condition(rule: Rule) -> pl.Expr:
    column = pl.col(rule.field.name)
    if rule.name == REQUIRED:
        return column.is_not_null()
    return CONDITIONS[rule.name](column, rule.parameter).fill_null(True)
