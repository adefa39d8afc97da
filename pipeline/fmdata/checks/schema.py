"""The pandera schema of a resource, derived from its contract, and what each rule of it says of rows.

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
    """One check over the whole row: whether it keeps all rules of the contract, and what is asked `further`.

    It costs one pass, not one a rule. Without a resource it is what is asked further alone.
    """
    found = rules(resource.fields, resource.primary_key) if resource else []
    conditions = [*map(_condition, found), *further]
    if not conditions:
        return pa.DataFrameSchema(strict=False)
    # Its verdict says which rows; pandera need not gather them as well.
    check = pa.Check(verdict(pl.all_horizontal(conditions)), name=CONTRACT, n_failure_cases=0)
    return pa.DataFrameSchema(checks=[check], strict=False)


def verdicts(found: list[Rule], rows: pl.DataFrame) -> list[pl.Series]:
    """For each of some rules of the contract, which rows keep it."""
    return rows.select(_condition(rule).alias(str(number)) for number, rule in enumerate(found)).get_columns()


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
