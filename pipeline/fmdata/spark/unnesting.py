"""Lists whose items a SELECT makes rows of."""

from __future__ import annotations

from sqlglot import exp

from fmdata.spark.kinds import UntranslatableError


def lists_of(node: exp.Expression) -> dict[str, exp.Expression]:
    """The lists that the columns of a SELECT are the items of, by the columns' names.

    Raises `UntranslatableError` where an item is only a part of an expression.
    """
    found = {}
    for cell in node.expressions:
        inner = cell.unalias()
        name = cell.alias_or_name
        if _is_subscripts(inner):
            subject, dimension = inner.expressions
            if dimension.sql() != "1":
                raise UntranslatableError(inner.sql("duckdb"), inner)
            length = exp.Anonymous(this="len", expressions=[subject.copy()])
            found[name] = exp.Anonymous(this="generate_series", expressions=[exp.Literal.number(1), length])
        elif isinstance(inner, exp.Explode):
            # With more than the list, DuckDB unnests what is inside its items too.
            if inner.expressions:
                raise UntranslatableError(inner.sql("duckdb"), inner)
            found[name] = inner.this
        elif any(_is_item(part) for part in inner.walk()):
            raise UntranslatableError(f"{inner.sql('duckdb')}, unnest inside an expression", inner)
    return found


def _is_item(node: exp.Expression) -> bool:
    return isinstance(node, exp.Explode | exp.Unnest) or _is_subscripts(node)


def _is_subscripts(node: exp.Expression) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.lower() == "generate_subscripts"
