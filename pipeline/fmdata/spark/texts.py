"""Pieces of Spark's SQL."""

from __future__ import annotations

import re
from dataclasses import dataclass

# What Spark would read otherwise in a text: escapes, the end, its variables, and what is not printed.
_SPECIAL = re.compile(r"[\\'\"$\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Value:
    """Spark's text of an expression, and the type that DuckDB gives its value."""

    text: str
    kind: str


def quoted(name: str) -> str:
    """A quoted identifier."""
    return "`" + name.replace("`", "``") + "`"


def text_literal(text: str) -> str:
    """A literal."""
    return "'" + _SPECIAL.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "'"
