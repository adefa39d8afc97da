"""The pandera schema of a resource, derived from its contract.

pandera's own `from_frictionless_schema` drops keys, bounds, formats and missing values, so it is not used. `coerce` and
`unique` stay off: casts are done before, and nulls must not count as equal. Uniqueness is checked in `keys`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandera.polars as pa

from fmdata.contract import Resource
from fmdata.contract.constraints import rules

CHECKS: dict[str, Callable[[Any], pa.Check]] = {
    "minimum": lambda limit: pa.Check.ge(limit),
    "maximum": lambda limit: pa.Check.le(limit),
    "exclusiveMinimum": lambda limit: pa.Check.gt(limit),
    "exclusiveMaximum": lambda limit: pa.Check.lt(limit),
    "minLength": lambda limit: pa.Check.str_length(min_value=limit),
    "maxLength": lambda limit: pa.Check.str_length(max_value=limit),
    # str_matches anchors only the start.
    "pattern": lambda pattern: pa.Check.str_matches(f"^(?:{pattern})$"),
    "enum": lambda values: pa.Check.isin(values),
}


def schema(resource: Resource) -> pa.DataFrameSchema:
    """One pandera column a field, with a check for each rule of the contract; further columns are let be."""
    found = rules(resource.fields, resource.primary_key)
    columns = {}
    for field in resource.fields:
        own = [rule for rule in found if rule.field.name == field.name]
        checks = []
        for rule in own:
            if rule.name != "required":
                check = CHECKS[rule.name](rule.parameter)
                check.name = rule.name
                checks.append(check)
        columns[field.name] = pa.Column(checks=checks, nullable=all(rule.name != "required" for rule in own))
    return pa.DataFrameSchema(columns, strict=False)
