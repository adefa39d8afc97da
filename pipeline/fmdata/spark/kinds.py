"""The types of DuckDB's values as Spark and Arrow have them."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa
from sqlglot import exp

# Whole numbers, each of which takes in those before it.
WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT")
# Others whose values are compared and sorted alike in both engines.
_ALIKE = ("VARCHAR", "BOOLEAN", "DATE", "TIMESTAMP", "DOUBLE")
# What has no type yet: NULL alone.
NOTHING = '"NULL"'
# DuckDB's name of a type: Spark's, and Arrow's. A whole number of 128 bits has 38 digits in both. Times of day are not
# among them: Spark takes none from Arrow.
_PLAIN = {
    NOTHING: ("void", pa.null()),
    "VARCHAR": ("string", pa.string()),
    "JSON": ("string", pa.string()),
    "TINYINT": ("tinyint", pa.int8()),
    "SMALLINT": ("smallint", pa.int16()),
    "INTEGER": ("int", pa.int32()),
    "BIGINT": ("bigint", pa.int64()),
    "HUGEINT": ("decimal(38,0)", pa.decimal128(38, 0)),
    "FLOAT": ("float", pa.float32()),
    "DOUBLE": ("double", pa.float64()),
    "BOOLEAN": ("boolean", pa.bool_()),
    "DATE": ("date", pa.date32()),
    "TIMESTAMP": ("timestamp_ntz", pa.timestamp("us")),
}
_CARRIED = {"JSON": "VARCHAR", "HUGEINT": "DECIMAL(38,0)"}


class UntranslatableError(Exception):
    """What a SELECT asks for and Spark cannot do just as DuckDB does; with `node`, the part of the SELECT."""

    def __init__(self, found: str, node: exp.Expression | None = None) -> None:
        super().__init__(found)
        self.found = found
        lines = [part.meta["line"] for part in node.walk() if "line" in part.meta] if node else []
        self.line: int | None = min(lines, default=None)


def spark_kind(kind: str) -> str:
    """Spark's name of a type of DuckDB. Raises `UntranslatableError` where Spark has none."""
    return _mapped(duckdb.sqltype(kind))[0]


def arrow_kind(kind: str) -> Any:
    """Arrow's type of the same."""
    return _mapped(duckdb.sqltype(kind))[1]


def carried(kind: str) -> str:
    """The type of DuckDB in which values of a type leave it for Arrow."""
    if kind == NOTHING:
        return "INTEGER"
    found = duckdb.sqltype(kind)
    if found.id == "list":
        return f"{carried(str(found.child))}[]"
    if found.id == "struct":
        fields = ", ".join(f'"{name}" {carried(str(child))}' for name, child in found.children)
        return f"STRUCT({fields})"
    return _CARRIED.get(str(found), str(found))


def fields(kind: str) -> dict[str, str]:
    """The fields of a struct with their types, their names in small letters; none of what is no struct."""
    if not kind.startswith("STRUCT"):
        return {}
    return {name.lower(): str(child) for name, child in duckdb.sqltype(kind).children}


def items(kind: str) -> str:
    """The type of the items of a list. Raises `UntranslatableError` for what is none."""
    if not kind.endswith("[]"):
        raise UntranslatableError(f"a value of the type {kind} where a list was expected")
    return kind[:-2]


def _mapped(kind: Any) -> tuple[str, Any]:
    if str(kind) in _PLAIN:
        return _PLAIN[str(kind)]
    if kind.id == "decimal":
        (_, precision), (_, scale) = kind.children
        return f"decimal({precision},{scale})", pa.decimal128(precision, scale)
    if kind.id == "list":
        spark, arrow = _mapped(kind.child)
        return f"array<{spark}>", pa.list_(arrow)
    if kind.id == "struct":
        found = [(name, *_mapped(child)) for name, child in kind.children]
        inside = ", ".join(f"`{name}`: {spark}" for name, spark, _ in found)
        return f"struct<{inside}>", pa.struct([(name, arrow) for name, _, arrow in found])
    raise UntranslatableError(f"values of DuckDB's type {kind}")


def together(kinds: list[str]) -> str | None:
    """The type of values of some types beside each other where both engines agree on it without changing any."""
    known = [kind for kind in dict.fromkeys(kinds) if kind != NOTHING]
    if len(known) < 2:
        return known[0] if known else NOTHING
    if all(kind in WHOLE for kind in known):
        return max(known, key=WHOLE.index)
    return None


def comparable(one: str, other: str) -> bool:
    """Whether values of two types are compared alike in both engines."""
    return (one == other and one in _ALIKE) or (one in WHOLE and other in WHOLE)
