r"""Patterns that mean the same wherever they are checked.

Our own checks match with Rust's regex, the shipped DuckDB file with RE2, readers such as frictionless with Python's re.
The three share a syntax but for a few corners. `\d`, `\w` and `\s` are ASCII's in RE2 alone, so ours are spelled out;
`\b`, `\B`, set operations (`&&`, `--`, `~~`) and `[` inside a class differ, so they are refused; and what any of the
three cannot compile is refused, look-around and back-references among it. Source: the syntax pages of the three.
"""

from __future__ import annotations

import functools
import re

_ASCII = {
    "d": "[0-9]", "w": "[0-9A-Za-z_]", "s": r"[\t\n\f\r ]",
    "D": "[^0-9]", "W": "[^0-9A-Za-z_]", "S": r"[^\t\n\f\r ]",
}  # fmt: skip
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_DIFFERS = re.compile(r"\\[bB]|&&|--|~~|\[\^?\]?[^\]]*\[")


def portable(pattern: str) -> str:
    """A pattern that Rust's regex reads as RE2 reads `pattern`; ValueError when there is none."""
    bare = _ESCAPE.sub(lambda escape: escape[0] if escape[1] in "bB" else "", pattern)
    if differs := _DIFFERS.search(bare):
        raise ValueError(f"{differs[0]} is not the same everywhere")
    return _ESCAPE.sub(lambda escape: _ASCII.get(escape[1], escape[0]), pattern)


@functools.cache
def fault(pattern: str) -> str:
    """Why a pattern cannot be checked everywhere, '' when it can."""
    import duckdb
    import polars as pl

    try:
        pl.Series([""]).str.contains(f"^(?:{portable(pattern)})$")
        duckdb.execute("SELECT regexp_full_match('', ?)", [pattern]).fetchall()
        re.compile(f"^(?:{pattern})$")
    except (ValueError, re.error, duckdb.Error, pl.exceptions.PolarsError) as error:
        return str(error).split("\n\nThis error")[0]
    return ""
