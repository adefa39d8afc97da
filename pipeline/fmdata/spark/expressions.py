"""Expressions of a SELECT: what means the same in Spark is Spark's, all else is evaluated by DuckDB on the workers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pyspark.sql import SparkSession
from sqlglot import exp

from fmdata.spark.binding import Binder
from fmdata.spark.evaluating import evaluator
from fmdata.spark.kinds import NOTHING, UntranslatableError, comparable, spark_kind, together
from fmdata.spark.native import COMPARED, native
from fmdata.spark.texts import Value, text_literal

Columns = Mapping[str, str]
"""The columns of a relation with their types."""
# What stands in an expression for a value that is not made of its row's columns alone.
_LEAVES = (exp.Column, exp.AggFunc, exp.Window, exp.Filter, exp.WithinGroup, exp.Subquery, exp.Exists)


@dataclass(frozen=True)
class Scope:
    """What an expression can see: the columns of `sources`, the views of `queries`, what is `outside`.

    `used` are Spark's texts of the columns of the sources that the SELECT is made of, and it may be `grouped` by
    expressions, as sqlglot writes them.
    """

    sources: Mapping[str, Columns]
    queries: Mapping[str, tuple[str, Columns]]
    outside: Scope | None = None
    used: tuple[str, ...] = ()
    grouped: frozenset[str] = frozenset()

    def kind(self, column: exp.Column) -> str:
        """The type of a column. Raises `UntranslatableError` where there is none."""
        scope: Scope | None = self
        while scope:
            if column.table in scope.sources and column.name in scope.sources[column.table]:
                return scope.sources[column.table][column.name]
            scope = scope.outside
        raise UntranslatableError(f"the column {column.sql('duckdb')}", column)


Query = Callable[[exp.Expression, Scope], tuple[str, Columns]]


@dataclass
class Expressions:
    """Makes Spark's text of expressions; `query` does so for SELECTs inside them."""

    spark: SparkSession
    binder: Binder
    macros: str
    query: Query
    _known: set[str] = field(default_factory=set)

    def value(self, node: exp.Expression, scope: Scope) -> Value:
        """Spark's text of an expression, and its type."""
        return self.native(node, scope) or self._evaluated(node, scope)

    def condition(self, node: exp.Expression, scope: Scope, outer: bool = False) -> str:
        """Spark's text of a condition, that of an `outer` join or any other.

        What joins one relation with others is taken apart, so that Spark sees it.
        """
        parts = list(node.flatten()) if isinstance(node, exp.And) else [node]
        texts, rest = [], dict[frozenset[str], list[exp.Expression]]()
        for part in parts:
            if text := self._apart(part, scope):
                texts.append(text)
            else:
                # Together, for one of them may stand there to keep another from rows that it does not run on.
                rest.setdefault(_seen(part), []).append(part)
        for seen, some in rest.items():
            if outer and len(seen & scope.sources.keys()) > 1:
                raise UntranslatableError(f"an outer join on {exp.and_(*some).sql('duckdb')}", node)
            texts.append(self._evaluated(exp.and_(*some, copy=True), scope).text)
        return " AND ".join(f"({text})" for text in texts)

    def _apart(self, part: exp.Expression, scope: Scope) -> str | None:
        """What Spark can see of a condition: all of it, or an equality of what is evaluated by DuckDB."""
        native = self.native(part, scope)
        if native and isinstance(part, exp.In) and part.args.get("query"):
            # Here false is as good as NULL, and Spark makes a join of it.
            return native.text.partition(" THEN true")[0].removeprefix("CASE WHEN ")
        if native or not isinstance(part, exp.EQ | exp.NullSafeEQ) or not _joins(part):
            return native.text if native else None
        left, right = self.value(part.this, scope), self.value(part.expression, scope)
        return f"{left.text} {COMPARED[type(part)]} {right.text}" if comparable(left.kind, right.kind) else None

    def native(self, node: exp.Expression, scope: Scope) -> Value | None:
        """An expression that means the same in Spark, or None."""
        return native(self, node, scope)

    def _evaluated(self, node: exp.Expression, scope: Scope) -> Value:
        """An expression that DuckDB evaluates."""
        given: dict[str, str] = {}

        def leaf(part: exp.Expression) -> exp.Expression:
            if isinstance(part, _LEAVES) or part.args.get("query"):
                value = self._needed(part, scope)
            elif part is not tree and part.sql() in scope.grouped:
                value = self.value(part, scope)
            else:
                return part
            if value.kind == NOTHING:
                return exp.null()
            given[value.text] = value.kind
            return exp.column(f"a{list(given).index(value.text)}")

        tree = node.copy()
        text = tree.transform(leaf, copy=False).sql("duckdb")
        return self.by_duckdb(text, given)

    def by_duckdb(self, text: str, given: Mapping[str, str], beyond: bool = False) -> Value:
        """The value of DuckDB's expression over columns a0, a1, …: Spark's texts of these with their types.

        It may look `beyond` a row, at the items of a list, say.
        """
        self.binder.expect_sound(text, beyond)
        kinds = [*given.values()]
        kind = self.binder.kind(text, tuple(kinds))
        if not given and kind in ("VARCHAR", "INTEGER", "BIGINT"):
            constant = self.binder.constant(text)
            own = "NULL" if constant is None else text_literal(str(constant))
            return Value(
                own if constant is not None and kind == "VARCHAR" else f"CAST({own} AS {spark_kind(kind)})", kind
            )
        digest = hashlib.sha256("\0".join([text, *kinds, self.macros]).encode()).hexdigest()
        function = f"fmdata_{digest[:24]}"
        if function not in self._known:
            arguments = kinds or ["BOOLEAN"]
            self.spark.udf.register(function, evaluator(text, arguments, kind, self.macros))
            self._known.add(function)
        return Value(f"{function}({', '.join(given) or 'true'})", kind)

    def _needed(self, node: exp.Expression, scope: Scope) -> Value:
        found = self.native(node, scope)
        if found is None:
            raise UntranslatableError(node.sql("duckdb"), node)
        return found

    def fitted(self, value: Value, kind: str) -> Value | None:
        """A value as one of another type, where that changes nothing; else None."""
        if value.kind == kind:
            return value
        if together([value.kind, kind]) != kind:
            return None
        return Value(f"CAST({value.text} AS {spark_kind(kind)})", kind)


def _joins(part: exp.Expression) -> bool:
    """Whether the sides of an equality are made of different sources."""
    left, right = _seen(part.this), _seen(part.expression)
    return bool(left and right) and not left & right


def _seen(node: exp.Expression) -> frozenset[str]:
    """The sources whose columns an expression is made of."""
    return frozenset(column.table for column in node.find_all(exp.Column))
