"""What is made of many rows: by Spark where it means the same, else of their list by DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from fmdata.spark.evaluating import marked
from fmdata.spark.kinds import NOTHING, WHOLE, UntranslatableError, comparable
from fmdata.spark.texts import Value, text_literal

if TYPE_CHECKING:
    from fmdata.spark.expressions import Expressions, Scope

_TIE = "rows that ORDER BY puts beside each other differ, so that the result is a matter of chance; order by more"
# What is the same in whatever order the rows come; of floating point numbers, sums are not.
_UNORDERED = (exp.Count, exp.Min, exp.Max, exp.LogicalAnd, exp.LogicalOr, exp.Median)
_SUMS = (exp.Sum, exp.Avg)
_ORDERED = (exp.GroupConcat, exp.ArrayAgg, exp.AnyValue, exp.First, exp.Last)
_NUMBERING = {exp.RowNumber: "row_number()", exp.Rank: "rank()", exp.DenseRank: "dense_rank()"}


def aggregate(expressions: Expressions, node: exp.Expression, scope: Scope) -> Value:
    """An aggregate of the rows of a group, with its FILTER if it has one."""
    where, inner = "", node
    if isinstance(node, exp.Filter):
        where, inner = expressions.condition(node.expression.this, scope), node.this
    own = _by_spark(expressions, inner, where, scope)
    return own or _by_duckdb(expressions, inner, where, scope)


def window(expressions: Expressions, node: exp.Expression, scope: Scope) -> Value:
    """A function of a window: of all its rows, or of those up to a row."""
    if node.args.get("spec") or node.args.get("alias") or node.args.get("first"):
        raise UntranslatableError("a frame or a name of a window", node)
    parts = [expressions.value(part, scope).text for part in node.args.get("partition_by") or []]
    order = node.args.get("order")
    keys = order.expressions if order else []
    partition = f"PARTITION BY {', '.join(parts)}" if parts else ""
    sorting = f" ORDER BY {', '.join(ordered(expressions, key, scope) for key in keys)}" if keys else ""
    over = f"({partition}{sorting})"
    if type(node.this) in _NUMBERING:
        if not keys:
            raise UntranslatableError("rows that are numbered in no order; add ORDER BY", node)
        number = f"CAST({_NUMBERING[type(node.this)]} OVER {over} AS BIGINT)"
        if isinstance(node.this, exp.RowNumber):
            beside = ", ".join([*parts, *(expressions.value(key.this, scope).text for key in keys)])
            number = _without_ties(number, ", ".join(scope.used), f"(PARTITION BY {beside})")
        return Value(number, "BIGINT")
    value = _by_spark(expressions, node.this, "", scope)
    if value is None or isinstance(node.this, exp.ArgMax | exp.ArgMin) or node.find(exp.Distinct):
        raise UntranslatableError(f"{node.this.sql('duckdb')} of a window", node)
    return Value(f"{value.text} OVER {over}", value.kind)


def ordered(expressions: Expressions, key: exp.Expression, scope: Scope) -> str:
    """What rows are ordered by, and where those without it stand."""
    value = expressions.value(key.this, scope)
    if not comparable(value.kind, value.kind):
        raise UntranslatableError(f"an order of values of the type {value.kind}", key)
    return (
        f"{value.text} {'DESC' if key.args.get('desc') else 'ASC'} "
        f"NULLS {'FIRST' if key.args.get('nulls_first') else 'LAST'}"
    )


def _without_ties(number: str, used: str, over: str) -> str:
    """The number of a row, an error where another row could as well have it that differs in what is used."""
    same = f"min(struct({used})) OVER {over} <=> max(struct({used})) OVER {over}"
    return f"CASE WHEN {same} THEN {number} ELSE raise_error({text_literal(marked(_TIE))}) END"


def _by_spark(expressions: Expressions, node: exp.Expression, where: str, scope: Scope) -> Value | None:
    """An aggregate that means the same in Spark."""
    distinct = isinstance(node.this, exp.Distinct)
    inner = node.this.expressions[0] if distinct and len(node.this.expressions) == 1 else node.this
    kept = f" FILTER (WHERE {where})" if where else ""
    if isinstance(node, exp.Count) and not node.expressions:
        if isinstance(inner, exp.Star):
            return Value(f"count(*){kept}", "BIGINT")
        if not isinstance(inner, exp.Distinct):
            word = "DISTINCT " if distinct else ""
            return Value(f"count({word}{expressions.value(inner, scope).text}){kept}", "BIGINT")
    if distinct or node.expressions or isinstance(inner, exp.Order):
        return None
    if isinstance(node, exp.ArgMax | exp.ArgMin):
        return _extreme(expressions, node, where, scope)
    if not isinstance(node, exp.Min | exp.Max | exp.LogicalAnd | exp.LogicalOr | exp.Sum):
        return None
    value = expressions.value(inner, scope)
    if isinstance(node, exp.Sum):
        return Value(f"sum(CAST({value.text} AS DECIMAL(38, 0))){kept}", "HUGEINT") if value.kind in WHOLE else None
    if not comparable(value.kind, value.kind):
        return None
    word = {exp.Min: "min", exp.Max: "max", exp.LogicalAnd: "bool_and", exp.LogicalOr: "bool_or"}[type(node)]
    return Value(f"{word}({value.text}){kept}", value.kind)


def _extreme(expressions: Expressions, node: exp.Expression, where: str, scope: Scope) -> Value | None:
    """The value of the row that has the least or most of a whole number; an error where more than one value has."""
    if node.args.get("count"):
        return None
    value, by = expressions.value(node.this, scope), expressions.value(node.expression, scope)
    if by.kind not in WHOLE or not comparable(value.kind, value.kind):
        raise UntranslatableError(f"{node.sql('duckdb')}: not by a whole number", node)
    conditions = [f"({value.text}) IS NOT NULL", f"({by.text}) IS NOT NULL", *([f"({where})"] if where else [])]
    kept = f"FILTER (WHERE {' AND '.join(conditions)})"
    one, other = ("max", "min") if isinstance(node, exp.ArgMax) else ("min", "max")
    first = f"({one}(named_struct('y', {by.text}, 'x', {value.text})) {kept}).x"
    # Turned round, so that of rows that have it the one at the other end is found.
    last = f"({other}(named_struct('y', ~({by.text}), 'x', {value.text})) {kept}).x"
    failed = f"raise_error({text_literal(marked(_TIE))})"
    return Value(f"CASE WHEN {first} <=> {last} THEN {first} ELSE {failed} END", value.kind)


def _by_duckdb(expressions: Expressions, node: exp.Expression, where: str, scope: Scope) -> Value:
    """An aggregate that DuckDB makes of the list of a group's rows."""
    given: dict[str, Value] = {}

    def leaf(part: exp.Expression) -> exp.Expression:
        if not isinstance(part, exp.Column):
            return part
        value = expressions.value(part, scope)
        if value.kind == NOTHING:
            return exp.null()
        known = given.setdefault(value.text, value)
        return exp.column(f"a{[*given].index(known.text)}", "r")

    if node.find(exp.Subquery, exp.Select, exp.Window):
        raise UntranslatableError("a SELECT inside an aggregate", node)
    tree = node.copy().transform(leaf)
    rows = "(SELECT unnest(a0) AS r)"
    text = f"(SELECT {tree.sql('duckdb')} FROM {rows})"
    order = tree.find(exp.Order)
    if isinstance(node, _ORDERED) and order:
        keys = ", ".join(key.this.sql("duckdb") for key in order.expressions)
        # All that is given, so that rows which differ in nothing are no tie.
        every = ", ".join([keys, *(f"r.a{n}" for n in range(len(given)))])
        alike = f"(SELECT count(DISTINCT row({keys})) = count(DISTINCT row({every})) FROM {rows})"
        text = f"CASE WHEN {alike} THEN {text} ELSE error('{_TIE}') END"
    elif isinstance(node, _SUMS):
        kinds = {value.kind for value in given.values()}
        if not kinds <= {*WHOLE}:
            raise UntranslatableError(f"{node.sql('duckdb')}: sums of other than whole numbers", node)
    elif not isinstance(node, _UNORDERED):
        raise UntranslatableError(f"{node.sql('duckdb')}, which depends on the order of rows; add ORDER BY", node)
    cells = ", ".join(f"'a{n}', {value.text}" for n, value in enumerate(given.values())) or "'a0', true"
    kinds_ = ", ".join(f"a{n} {value.kind}" for n, value in enumerate(given.values())) or "a0 BOOLEAN"
    listed = f"collect_list(named_struct({cells}))" + (f" FILTER (WHERE {where})" if where else "")
    return expressions.by_duckdb(text, {listed: f"STRUCT({kinds_})[]"}, beyond=True)
