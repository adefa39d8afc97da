"""Typed values of the texts that are beyond doubt, as polars expressions: fast, and never wrong rather than complete.

Whatever a text may be that is not sure here is left to `casts`, which knows every type and every format, says what is
wrong, and has the last word. Both give the same values: the tests compare them over all kinds of texts.
"""

from __future__ import annotations

from collections.abc import Callable, Container

import polars as pl

from fmdata.contract import Field, Resource
from fmdata.contract.constraints import typed_value
from fmdata.contract.model import FORMULA_SIGNS
from fmdata.contract.types import DAY, STRING_FORMATS, storage, truths

DOUBT = "_doubt"
# Columns of these types travel between polars and DuckDB as text where Arrow has no type for them.
DTYPES: dict[str, pl.DataType] = {
    "VARCHAR": pl.String(),
    "JSON": pl.String(),
    "BIGINT": pl.Int64(),
    "INTEGER": pl.Int32(),
    "DOUBLE": pl.Float64(),
    "BOOLEAN": pl.Boolean(),
    "DATE": pl.Date(),
    "TIME": pl.Time(),
    "TIMESTAMP": pl.Datetime("us"),
}
# A double holds 15 significant digits exactly, and nothing so short runs over or under.
_SHORT, _EXPONENT, _TINY = 15, 6, 1e-99
# What begins with a letter begins with no sign of a formula.
_LETTERS = "A"


def texts(resource: Resource) -> list[pl.Expr]:
    """Each field's text, null where it is blank, over a frame where empty cells are null."""
    return [_text(field) for field in resource.fields]


def guarded(resource: Resource) -> dict[str, pl.Expr]:
    """Whether any text of a field begins with a sign at all, for each field that refuses formulas."""
    return {field.name: (pl.col(field.name) < _LETTERS).any() for field in resource.fields if field.refuses_formulas}


def quick_casts(resource: Resource, signs: Container[str], closely: bool = False) -> list[pl.Expr]:
    """Over a frame of `texts`: each field's typed value, and `DOUBT`, true for a row that `casts` must look at.

    In such a row the values mean nothing. Of fields that refuse formulas, only those named in `signs` can have any. To
    look `closely` is slower, and finds fewer rows in doubt.
    """
    values = [(field, _value(field)) for field in resource.fields]
    doubts = [doubt for field, value in values for doubt in _doubts(field, value, signs, closely)]
    if not resource.primary_key:
        doubts.append(pl.all_horizontal(pl.col(field.name).is_null() for field in resource.fields))
    typed = [
        (pl.lit(None, DTYPES[storage(field)]) if value is None else value).alias(field.name) for field, value in values
    ]
    return [*typed, (pl.any_horizontal(doubts) if doubts else pl.lit(value=False)).fill_null(False).alias(DOUBT)]


def _text(field: Field) -> pl.Expr:
    column = pl.col(field.name)
    missing = [text for text in field.missing_values if text]
    if "" not in field.missing_values:
        column = column.fill_null("")
    return pl.when(~column.is_in(missing)).then(column).alias(field.name) if missing else column


def _doubts(field: Field, value: pl.Expr | None, signs: Container[str], closely: bool) -> list[pl.Expr]:
    column = pl.col(field.name)
    if value is None:
        return [column.is_not_null()]
    doubts = []
    if field.type not in _AS_IT_IS or field.format != "default":
        doubts.append(column.is_not_null() & value.is_null())
        if missing := _missing(field):
            doubts.append(value.is_in(missing))
        if field.type == "number":
            doubts.append(~_is_sure(column, value))
    if field.name in signs:
        # To compare is quicker than to match: few texts begin with other signs than letters and digits.
        near = (column < "0") | ((column >= "=") & (column < _LETTERS))
        doubts.append(column.str.contains(f"^[{FORMULA_SIGNS}]") if closely else near)
    return doubts


def _missing(field: Field) -> list[object]:
    """The missing values that would be values of the field's type, if they did not mean blank."""
    found = []
    for text in filter(None, field.missing_values):
        try:
            found.append(typed_value(field, text))
        except ValueError:
            continue
    return found


def _value(field: Field) -> pl.Expr | None:
    """The typed value of a text that surely is one, else null; None for a type that only `casts` knows."""
    if field.type not in _VALUES or (field.format != "default" and field.type != "string"):
        return None
    return _VALUES[field.type](field, pl.col(field.name))


def _string(field: Field, column: pl.Expr) -> pl.Expr:
    pattern = STRING_FORMATS[field.format]
    return pl.when(column.str.contains(f"^(?:{pattern})$")).then(column) if pattern else column


def _integer(field: Field, column: pl.Expr) -> pl.Expr | None:
    return column.cast(pl.Int64, strict=False) if _is_bare(field) else None


def _number(field: Field, column: pl.Expr) -> pl.Expr | None:
    if not _is_bare(field) or field.descriptor.get("decimalChar", ".") != ".":
        return None
    return column.cast(pl.Float64, strict=False)


def _is_sure(column: pl.Expr, value: pl.Expr) -> pl.Expr:
    """Whether a number holds all that its text says. With an exponent it may run under, which takes six characters."""
    length = column.str.len_bytes()
    return (length <= _SHORT) & value.is_finite() & ((length < _EXPONENT) | (value.abs() > _TINY))


def _is_bare(field: Field) -> bool:
    return not field.descriptor.get("groupChar") and bool(field.descriptor.get("bareNumber", True))


def _boolean(field: Field, column: pl.Expr) -> pl.Expr:
    true, false = truths(field)
    return pl.when(column.is_in(true)).then(True).when(column.is_in(false)).then(False)


def _year(_: Field, column: pl.Expr) -> pl.Expr:
    return pl.when(column.str.contains("^[0-9]{4}$")).then(column.cast(pl.Int32, strict=False))


def _date(_: Field, column: pl.Expr) -> pl.Expr:
    return pl.when(column.str.contains(f"^{DAY}$")).then(column.str.to_date("%Y-%m-%d", strict=False))


def _datetime(_: Field, column: pl.Expr) -> pl.Expr:
    moment = column.str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False)
    return pl.when(column.str.contains(f"^{DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$")).then(moment)


_AS_IT_IS = ("string", "any")
_VALUES: dict[str, Callable[[Field, pl.Expr], pl.Expr | None]] = {
    "string": _string,
    "any": lambda _, column: column,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "year": _year,
    "date": _date,
    "datetime": _datetime,
}
