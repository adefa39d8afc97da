r"""Patterns that mean the same wherever they are checked: in pandera (Rust's regex) and in the DuckDB file (RE2).

The two share a syntax but for a few corners. `\d`, `\w` and `\s` are ASCII's in RE2 and Unicode's in Rust, so they are
spelled out; set operations (`&&`, `--`, `~~`) exist in Rust alone, so they are refused; and what either of them cannot
compile is refused, look-around and back-references among it. Source: the syntax pages of both libraries.
"""

from __future__ import annotations

import functools
import re

_ASCII = {
    "d": "[0-9]", "w": "[0-9A-Za-z_]", "s": r"[\t\n\f\r ]",
    "D": "[^0-9]", "W": "[^0-9A-Za-z_]", "S": r"[^\t\n\f\r ]",
    "b": r"(?-u:\b)", "B": None,
}  # fmt: skip
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SET_OPERATION = re.compile(r"&&|--|~~")


def portable(pattern: str) -> str:
    """A pattern that Rust's regex reads as RE2 reads `pattern`; ValueError when there is none."""
    if any(_ASCII.get(escape, escape) is None for escape in _ESCAPE.findall(pattern)):
        raise ValueError(r"\B is not the same everywhere")
    if operation := _SET_OPERATION.search(_ESCAPE.sub("", pattern)):
        raise ValueError(f"{operation[0]} is not the same everywhere")
    return _ESCAPE.sub(lambda escape: _ASCII.get(escape[1]) or escape[0], pattern)


@functools.cache
def fault(pattern: str) -> str:
    """Why a pattern cannot be checked everywhere, '' when it can."""
    import duckdb
    import polars as pl

    try:
        pl.Series([""]).str.contains(f"^(?:{portable(pattern)})$")
        duckdb.execute("SELECT regexp_full_match('', ?)", [pattern]).fetchall()
    except (ValueError, duckdb.Error, pl.exceptions.PolarsError) as error:
        return str(error).split("\n\nThis error")[0]
    return ""
