"""Expressions that mean the same in Spark as in DuckDB: few, and each proved by the types of what it is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlglot import exp

from fmdata.spark.aggregates import aggregate, window
from fmdata.spark.kinds import NOTHING, UntranslatableError, comparable, fields, together
from fmdata.spark.texts import Value, quoted, text_literal

if TYPE_CHECKING:
    from fmdata.spark.expressions import Expressions, Scope

COMPARED = {exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="}
COMPARED |= {exp.NullSafeEQ: "<=>"}


def native(made: Expressions, node: exp.Expression, scope: Scope) -> Value | None:
    """An expression that means the same in Spark, or None."""
    if isinstance(node, exp.Window):
        return window(made, node, scope)
    if isinstance(node, exp.AggFunc | exp.Filter | exp.WithinGroup):
        return aggregate(made, node, scope)
    if type(node) in COMPARED:
        return _compared(made, node, scope)
    method = _NATIVE.get(type(node))
    return method(made, node, scope) if method else None


def _all(made: Expressions, nodes: list[exp.Expression], scope: Scope) -> list[Value] | None:
    found = []
    for node in nodes:
        value = made.native(node, scope)
        if value is None:
            return None
        found.append(value)
    return found


def _column(made: Expressions, node: exp.Expression, scope: Scope) -> Value:
    return Value(f"{quoted(node.table)}.{quoted(node.name)}", scope.kind(node))


def _literal(made: Expressions, node: exp.Expression, scope: Scope) -> Value | None:
    if node.is_string:
        return Value(text_literal(node.name), "VARCHAR")
    if not node.name.isdigit() or int(node.name) >= 2**63:
        return None
    return Value(node.name, "INTEGER" if int(node.name) < 2**31 else "BIGINT")


def _boolean(made: Expressions, node: exp.Expression, scope: Scope) -> Value:
    return Value("true" if node.this else "false", "BOOLEAN")


def _null(made: Expressions, node: exp.Expression, scope: Scope) -> Value:
    return Value("NULL", NOTHING)


def _paren(made: Expressions, node: exp.Expression, scope: Scope) -> Value | None:
    inner = made.native(node.this, scope)
    return inner and Value(f"({inner.text})", inner.kind)


def _cast(made: Expressions, node: exp.Expression, scope: Scope) -> Value | None:
    inner = made.native(node.this, scope)
    if inner is None:
        return None
    kind = made.binder.kind(exp.cast(exp.null(), node.to).sql("duckdb"), ())
    return made.fitted(inner, kind)


def _logic(made: Expressions, node: exp.Expression, scope: Scope) -> Value | None:
    sides = _all(made, [node.this, node.expression], scope)
    if sides is None or together([side.kind for side in sides] + ["BOOLEAN"]) != "BOOLEAN":
        return None
    return Value(f" {'AND' if isinstance(node, exp.And) else 'OR'} ".join(f"({s.text})" for s in sides), "BOOLEAN")


def _not(made: Expressions, node: exp.Expression, scope: Scope) -> Value | None:
    inner = made.native(node.this, scope)
    return Value(f"NOT ({inner.text})", "BOOLEAN") if inner and inner.kind == "BOOLEAN" else None


def _is(made: Expressions, node: exp.Expression, scope: Scope) -> Value | None:
    # Any value of whatever type is NULL or not.
    inner = made.native(node.this, scope) if isinstance(node.expression, exp.Null) else None
    return Value(f"({inner.text}) IS NULL", "BOOLEAN") if inner else None


def _compared(made: Expressions, node: exp.Expression, scope: Scope) -> Value | None:
    sides = _all(made, [node.this, node.expression], scope)
    if sides is None or not comparable(sides[0].kind, sides[1].kind):
        return None
    return Value(f"({sides[0].text}) {COMPARED[type(node)]} ({sides[1].text})", "BOOLEAN")


def _distinct_from(made: Expressions, node: exp.Expression, scope: Scope) -> Value | None:
    same = _compared(made, exp.NullSafeEQ(this=node.this.copy(), expression=node.expression.copy()), scope)
    return same and Value(f"NOT ({same.text})", "BOOLEAN")


def _between(made: Expressions, node: exp.Expression, scope: Scope) -> Value | None:
    three = _all(made, [node.this, node.args["low"], node.args["high"]], scope)
    if three is None or node.args.get("symmetric") or not all(comparable(three[0].kind, v.kind) for v in three):
        return None
    return Value(f"({three[0].text}) BETWEEN ({three[1].text}) AND ({three[2].text})", "BOOLEAN")


def _in(made: Expressions, node: exp.Expression, scope: Scope) -> Value | None:
    if inner := node.args.get("query"):
        text, columns = made.query(inner.this if isinstance(inner, exp.Subquery) else inner, scope)
        value = made.value(node.this, scope)
        if len(columns) != 1 or not comparable(value.kind, *columns.values()):
            raise UntranslatableError("IN with a SELECT whose values have another type", node)
        # As a value, Spark's IN is false where it ought to be NULL.
        null = f"EXISTS (SELECT 1 FROM ({text}) AS listed WHERE listed.{quoted(*columns)} IS NULL)"
        unknown = f"(({value.text}) IS NULL AND EXISTS ({text})) OR {null}"
        return Value(
            f"CASE WHEN ({value.text}) IN ({text}) THEN true WHEN {unknown} THEN NULL ELSE false END", "BOOLEAN"
        )
    values = _all(made, [node.this, *node.expressions], scope)
    if node.args.get("unnest") or node.args.get("field") or values is None:
        return None
    if not all(comparable(values[0].kind, value.kind) for value in values):
        return None
    return Value(f"({values[0].text}) IN ({', '.join(value.text for value in values[1:])})", "BOOLEAN")


def _coalesce(made: Expressions, node: exp.Expression, scope: Scope) -> Value | None:
    values = _all(made, [node.this, *node.expressions], scope)
    kind = together([value.kind for value in values]) if values else None
    return Value(f"coalesce({', '.join(v.text for v in values)})", kind) if values and kind else None


def _nullif(made: Expressions, node: exp.Expression, scope: Scope) -> Value | None:
    sides = _all(made, [node.this, node.expression], scope)
    if sides is None or sides[0].kind != sides[1].kind or not comparable(sides[0].kind, sides[1].kind):
        return None
    return Value(f"nullif({sides[0].text}, {sides[1].text})", sides[0].kind)


def _case(made: Expressions, node: exp.Expression, scope: Scope) -> Value | None:
    default = node.args.get("default") or exp.null()
    results = _all(made, [*(one.args["true"] for one in node.args["ifs"]), default], scope)
    asked = [one.this for one in node.args["ifs"]]
    if node.this is not None:
        asked = [exp.EQ(this=node.this.copy(), expression=one.copy()) for one in asked]
    conditions = _all(made, asked, scope)
    kind = together([result.kind for result in results]) if results else None
    if results is None or kind is None or not conditions or any(one.kind != "BOOLEAN" for one in conditions):
        return None
    cases = " ".join(f"WHEN {c.text} THEN {r.text}" for c, r in zip(conditions, results[:-1], strict=True))
    return Value(f"CASE {cases} ELSE {results[-1].text} END", kind)


def _joined(made: Expressions, node: exp.Expression, scope: Scope) -> Value | None:
    sides = _all(made, [node.this, node.expression], scope)
    if sides is None or any(side.kind != "VARCHAR" for side in sides):
        return None
    return Value(f"concat({sides[0].text}, {sides[1].text})", "VARCHAR")


def _dot(made: Expressions, node: exp.Expression, scope: Scope) -> Value | None:
    inner = made.native(node.this, scope)
    kind = fields(inner.kind).get(node.name.lower()) if inner else None
    return Value(f"{inner.text}.{quoted(node.name)}", kind) if inner and kind else None


def _subquery(made: Expressions, node: exp.Expression, scope: Scope) -> Value:
    text, columns = made.query(node.this, scope)
    if len(columns) != 1:
        raise UntranslatableError("a SELECT of more than one column as a value", node)
    return Value(f"({text})", *columns.values())


def _exists(made: Expressions, node: exp.Expression, scope: Scope) -> Value:
    text, _ = made.query(node.this, scope)
    return Value(f"EXISTS ({text})", "BOOLEAN")


_Method = Callable[["Expressions", exp.Expression, "Scope"], Value | None]
_NATIVE: dict[type[exp.Expression], _Method] = {
    exp.Column: _column,
    exp.Literal: _literal,
    exp.Boolean: _boolean,
    exp.Null: _null,
    exp.Paren: _paren,
    exp.Cast: _cast,
    exp.And: _logic,
    exp.Or: _logic,
    exp.Not: _not,
    exp.Is: _is,
    exp.NullSafeNEQ: _distinct_from,
    exp.Between: _between,
    exp.In: _in,
    exp.Coalesce: _coalesce,
    exp.Nullif: _nullif,
    exp.Case: _case,
    exp.DPipe: _joined,
    exp.Dot: _dot,
    exp.Subquery: _subquery,
    exp.Exists: _exists,
}
