"""Table Schema constraints as one small list of rules, from which checks, DDL and words are derived.

Source: Table Schema 2.0, section "Field Constraints". A constraint that is not in `CONSTRAINTS` is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from fmdata.contract.model import Field
from fmdata.contract.types import TYPES, read, storage
from fmdata.sql import literal, name, scalar


@dataclass(frozen=True)
class Rule:
    """A constraint on one field: `parameter` is typed as the field is (a list for an enum)."""

    field: Field
    name: str
    parameter: Any

    @property
    def expected(self) -> str:
        return CONSTRAINTS[self.name].words(self.parameter)

    @property
    def advice(self) -> str:
        return CONSTRAINTS[self.name].advice

    @property
    def sql(self) -> str:
        """A SQL condition that holds for every value that is not NULL."""
        return CONSTRAINTS[self.name].sql(name(self.field.name), self.field, self.parameter)


@dataclass(frozen=True)
class Constraint:
    """`suits` says for which fields it has a meaning we honour; `sql` takes column, field and parameter."""

    suits: Callable[[Field], bool]
    words: Callable[[Any], str]
    sql: Callable[[str, Field, Any], str]
    advice: str = "Correct the value, or change the contract if the value is right"


def sql_value(field: Field, value: object) -> str:
    """A typed SQL literal of a Python value of the field's type."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"CAST({literal(value)} AS {storage(field)})"


def _compare(sign: str, words: str) -> Constraint:
    return Constraint(
        lambda field: TYPES[field.type].ordered,
        lambda limit: f"{words} {int(limit) if isinstance(limit, float) and limit.is_integer() else limit}",
        lambda column, field, limit: f"{column} {sign} {sql_value(field, limit)}",
    )


def _length(sign: str, words: str) -> Constraint:
    return Constraint(
        lambda field: field.type in ("string", "any"),
        lambda limit: f"{words} {limit} characters",
        lambda column, _, limit: f"length({column}) {sign} {int(limit)}",
    )


CONSTRAINTS: dict[str, Constraint] = {
    "required": Constraint(
        lambda _: True,
        lambda _: "a value",
        lambda column, *_: f"{column} IS NOT NULL",
        "Fill the cell in, or remove the row",
    ),
    "minimum": _compare(">=", "at least"),
    "maximum": _compare("<=", "at most"),
    "exclusiveMinimum": _compare(">", "more than"),
    "exclusiveMaximum": _compare("<", "less than"),
    "minLength": _length(">=", "at least"),
    "maxLength": _length("<=", "at most"),
    "pattern": Constraint(
        lambda field: TYPES[field.type].storage == "VARCHAR",
        lambda pattern: f"text of the form {pattern}",
        lambda column, _, pattern: f"regexp_full_match({column}, {literal(pattern)})",
    ),
    "enum": Constraint(
        lambda field: field.type not in ("object", "array"),
        lambda values: "one of " + ", ".join(map(str, values)),
        lambda column, field, values: f"{column} IN ({', '.join(sql_value(field, v) for v in values)})",
        "Use one of these, or add the value to the contract",
    ),
}
# Uniqueness is a matter of the whole table: see Resource.keys.
TABLE_CONSTRAINTS = frozenset({"unique"})


def rules(fields: Iterable[Field], primary_key: tuple[str, ...] = ()) -> list[Rule]:
    """Every rule a row must keep by itself, in the contract's order. Key fields are required."""
    found = []
    for field in fields:
        if field.required or field.name in primary_key:
            found.append(Rule(field, "required", True))
        for constraint, parameter in field.constraints.items():
            if constraint not in TABLE_CONSTRAINTS and constraint != "required":
                found.append(Rule(field, constraint, typed(field, constraint, parameter)))
    return found


def typed(field: Field, constraint: str, parameter: Any) -> Any:
    """A constraint's parameter as values of the field's type; ValueError when one is not of that type."""
    if constraint == "enum":
        return [typed_value(field, value) for value in parameter]
    if constraint.endswith(("minimum", "maximum", "Minimum", "Maximum")):
        return typed_value(field, parameter)
    return parameter


def typed_value(field: Field, value: Any) -> Any:
    """A contract value, written as text or as JSON, as a value of the field's type."""
    import duckdb

    if field.type in ("string", "any") and not isinstance(value, str):
        raise ValueError(value)
    if field.type == "string" and field.format == "default":
        return value
    if field.type == "integer" and type(value) is int and abs(value) < 2**63:
        return value
    if field.type in ("integer", "number") and isinstance(value, int | float) and not isinstance(value, bool):
        # A JSON number is no text: group and decimal characters are not its own.
        field = Field(field.name, field.type, {}, ())
    text = str(value).lower() if isinstance(value, bool) else str(value)
    value = scalar(duckdb.cursor(), f"SELECT {read(field, 'text')} FROM (SELECT {literal(text)} AS text)")
    if value is None:
        raise ValueError(text)
    return value
