"""Failures as frames, for there may be a million of them: one row is one failure, its columns those of `Failure`."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from fmdata.errors import LONGEST, Failure, quote

SCHEMA = {name: pl.Int64() if name in ("line", "column") else pl.String() for name in Failure._fields}
# What a message may not show as it stands.
_ODD = r"[^\x20-\x7e]"


def alike(
    rows: pl.DataFrame,
    found: pl.Expr | pl.Series | str,
    resource: str,
    field: str,
    rule: str,
    expected: pl.Expr | str,
    advice: str,
) -> pl.DataFrame:
    """Failures that differ in their place, which `rows` has as `_file` and `_line`, and in what was found."""
    words = {"resource": resource, "field": field, "rule": rule, "found": found, "expected": expected, "advice": advice}
    return rows.select(
        pl.col("_file").cast(pl.String).alias("file"),
        pl.col("_line").cast(pl.Int64).alias("line"),
        pl.lit(0, pl.Int64).alias("column"),
        *((pl.lit(said) if isinstance(said, str) else said).alias(name) for name, said in words.items()),
    )


def quoted(values: pl.Series) -> pl.Series:
    """Each value as `quote` shows it, blanks as None."""
    if values.dtype.is_numeric():
        # Nothing in a number has to be escaped, nor is one so long.
        return pl.Series([f'"{value}"' for value in values], dtype=pl.String)
    if values.dtype != pl.String:
        return pl.Series(map(quote, values), dtype=pl.String)
    odd = (values.str.contains(_ODD) | (values.str.len_chars() > LONGEST)).fill_null(True)
    plain = '"' + values + '"'
    if odd.any():
        plain = plain.scatter(odd.arg_true(), [quote(value) for value in values.filter(odd)])
    return plain


def listed(frames: Iterable[pl.DataFrame]) -> list[Failure]:
    """The failures of some frames."""
    return [Failure(*row) for frame in frames for row in frame.iter_rows()]
