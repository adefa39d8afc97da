"""A SELECT of DuckDB as Spark's: what relations it is made of, and how; its expressions are `expressions`' matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import count

from pyspark.sql import SparkSession
from sqlglot import exp

from fmdata.spark.answering import view
from fmdata.spark.binding import Binder
from fmdata.spark.expressions import Columns, Expressions, Scope
from fmdata.spark.kinds import NOTHING, UntranslatableError, items, spark_kind
from fmdata.spark.texts import Value, quoted
from fmdata.spark.unnesting import lists_of

_JOINS = {"": "JOIN", "INNER": "JOIN", "CROSS": "CROSS JOIN"}
_SIDES = {"LEFT": "LEFT JOIN", "RIGHT": "RIGHT JOIN", "FULL": "FULL JOIN"}
_KINDS = {"SEMI": "LEFT SEMI JOIN", "ANTI": "LEFT ANTI JOIN"}
_SETS = {exp.Union: "UNION", exp.Intersect: "INTERSECT", exp.Except: "EXCEPT"}
# What is understood of each part of a SELECT; anything else that stands there is refused.
_KNOWN: dict[type[exp.Expression], set[str]] = {
    exp.Select: {"with_", "expressions", "distinct", "from_", "joins", "where", "group", "having", "qualify", "order"},
    exp.Table: {"this", "db", "alias"},
    exp.Subquery: {"this", "alias"},
    exp.Join: {"this", "side", "kind", "on"},
    exp.Group: {"expressions", "all"},
    exp.CTE: {"this", "alias"},
    exp.With: {"expressions"},
    exp.TableAlias: {"this"},
    exp.Distinct: {"expressions"},
    **{kind: {"this", "expression", "distinct", "by_name", "with_", "order"} for kind in _SETS},
}


class Relations:
    """Makes Spark's text of SELECTs over the `tables` of each schema, whose columns and types are known.

    The views it makes have a `prefix`.
    """

    def __init__(
        self,
        spark: SparkSession,
        binder: Binder,
        macros: str,
        tables: Mapping[str, Mapping[str, Columns]],
        prefix: str,
    ) -> None:
        self._spark, self._binder, self._tables = spark, binder, tables
        self._numbers, self._prefix = count(), prefix
        self._expressions = Expressions(spark, binder, macros, self.query)

    def query(self, node: exp.Expression, outside: Scope) -> tuple[str, Columns]:
        """Spark's text of a SELECT, qualified, and its columns with their types.

        Raises `UntranslatableError` for what Spark cannot do just as DuckDB does.
        """
        if isinstance(node, exp.Subquery):
            _expect_known(node)
            return self.query(node.this, outside)
        _expect_known(node)
        outside = self._named(node.args.get("with_"), outside)
        return self._set(node, outside) if type(node) in _SETS else self._select(node, outside)

    def fitted(self, text: str, columns: Columns, wanted: Columns) -> str:
        """Rows of a SELECT, their columns as those of the `wanted` types, in that order."""
        if [*columns.values()] == [*wanted.values()] and [*columns] == [*wanted]:
            return text
        fitted = []
        for (column, kind), (name, want) in zip(columns.items(), wanted.items(), strict=True):
            value = self._expressions.fitted(Value(f"fitted.{quoted(column)}", kind), want)
            if value is None:
                raise UntranslatableError(f"the column {name}: its type {kind} becomes {want}; use CAST")
            fitted.append(f"{value.text} AS {quoted(name)}")
        return f"SELECT {', '.join(fitted)} FROM ({text}) AS fitted"

    def _named(self, node: exp.Expression | None, outside: Scope) -> Scope:
        """The scope in which the queries of a WITH can be seen, each of which is made a view.

        To a WITH of its own Spark gives the same columns wherever it is read, and loses them when it optimises.
        """
        if node is None:
            return outside
        _expect_known(node)
        for one in node.expressions:
            _expect_known(one)
            text, columns = self.query(one.this, outside)
            own = f"{self._prefix}{next(self._numbers)}"
            self._spark.sql(f"CREATE OR REPLACE TEMPORARY VIEW {quoted(own)} AS {text}")
            outside = replace(outside, queries={**outside.queries, one.alias: (own, columns)})
        return outside

    def _set(self, node: exp.Expression, outside: Scope) -> tuple[str, Columns]:
        left = self.query(node.this, outside)
        names = [*left[1]]
        other = node.expression if node.args.get("by_name") else _called(node.expression, names)
        right = self.query(other, outside)
        if node.args.get("by_name"):
            names += [column for column in right[1] if column not in left[1]]
            sides = [(self._padded(*side, names), names) for side in (left, right)]
            left, right = (
                (text, {name: columns.get(name, NOTHING) for name in names})
                for (text, _), columns in zip(sides, (left[1], right[1]), strict=True)
            )
        kinds = zip(left[1].values(), right[1].values(), strict=True)
        common = dict(zip(names, [self._common(*pair) for pair in kinds], strict=True))
        word = _SETS[type(node)] + ("" if node.args.get("distinct") else " ALL")
        both = [f"({self.fitted(text, columns, common)})" for text, columns in (left, right)]
        return f" {word} ".join(both), common

    def _padded(self, text: str, columns: Columns, names: list[str]) -> str:
        cells = [quoted(name) if name in columns else f"NULL AS {quoted(name)}" for name in names]
        return f"SELECT {', '.join(cells)} FROM ({text}) AS padded"

    def _common(self, one: str, other: str) -> str:
        """The type that values of two types have in one column."""
        if one == other:
            return one
        nulls = f"SELECT CAST(NULL AS {one}) AS a UNION ALL SELECT CAST(NULL AS {other})"
        return self._binder.columns(nulls)[0][1]

    def _select(self, node: exp.Expression, outside: Scope) -> tuple[str, Columns]:
        if lists := lists_of(node):
            return self._unnested(node, lists, outside)
        if node.args.get("qualify"):
            return self._qualified(node, outside)
        sources, texts = dict[str, Columns](), []
        if source := node.args.get("from_"):
            alias, columns, text = self._source(source.this, outside)
            sources[alias] = columns
            texts.append(f" FROM {text}")
        joins = [(one, *self._source(one.this, outside)) for one in node.args.get("joins") or []]
        sources |= {alias: columns for _, alias, columns, _ in joins}
        own = [column for column in node.find_all(exp.Column) if column.table in sources]
        used = tuple(dict.fromkeys(f"{quoted(one.table)}.{quoted(one.name)}" for one in own))
        scope = Scope(sources, outside.queries, outside, used)
        texts += [self._join(one, text, scope) for one, _, _, text in joins]
        if where := node.args.get("where"):
            texts.append(f" WHERE {self._expressions.condition(where.this, scope)}")
        if keys := _keys(node):
            texts.append(f" GROUP BY {', '.join(self._key(key, scope) for key in keys)}")
            scope = replace(scope, grouped=frozenset(key.sql() for key in keys))
        if having := node.args.get("having"):
            texts.append(f" HAVING {self._expressions.condition(having.this, scope)}")
        distinct = "DISTINCT " if _is_distinct(node) else ""
        cells, columns_ = self._cells(node, scope)
        return f"SELECT {distinct}{cells}{''.join(texts)}", columns_

    def _cells(self, node: exp.Expression, scope: Scope) -> tuple[str, Columns]:
        columns, cells = dict[str, str](), []
        for cell in node.expressions:
            if cell.alias_or_name in columns:
                raise UntranslatableError(f"the column {cell.alias_or_name} twice", cell)
            value = self._expressions.value(cell.unalias(), scope)
            columns[cell.alias_or_name] = value.kind
            cells.append(f"{value.text} AS {quoted(cell.alias_or_name)}")
        return ", ".join(cells), columns

    def _key(self, key: exp.Expression, scope: Scope) -> str:
        text = self._expressions.value(key, scope).text
        # A number would be the place of a column.
        return f"coalesce({text})" if text.isdigit() else text

    def _source(self, node: exp.Expression, outside: Scope) -> tuple[str, Columns, str]:
        """The name, the columns and Spark's text of a relation that rows come from."""
        if not isinstance(node, exp.Table | exp.Subquery):
            raise UntranslatableError(f"rows of {node.sql('duckdb')}", node)
        _expect_known(node)
        if alias := node.args.get("alias"):
            _expect_known(alias)
        alias = node.alias_or_name
        if isinstance(node, exp.Subquery):
            text, columns = self.query(node.this, outside)
            return alias, columns, f"({text}) AS {quoted(alias)}"
        if not node.db and node.name in outside.queries:
            own, columns = outside.queries[node.name]
            return alias, columns, f"{quoted(own)} AS {quoted(alias)}"
        columns_ = self._tables.get(node.db, {}).get(node.name)
        if columns_ is None:
            raise UntranslatableError(f"rows of {node.sql('duckdb')}", node)
        return alias, columns_, f"{quoted(view(node.db, node.name))} AS {quoted(alias)}"

    def _join(self, node: exp.Expression, text: str, scope: Scope) -> str:
        _expect_known(node)
        side, kind, on = node.side, node.kind, node.args.get("on")
        word = _KINDS.get(kind) if kind in _KINDS and side in ("", "LEFT") else None
        word = word or (_SIDES.get(side) if kind in ("", "OUTER") and side else None)
        word = word or (_JOINS.get(kind) if not side else None)
        if word is None:
            raise UntranslatableError(f"{side} {kind} JOIN".strip(), node)
        outer = "JOIN" not in word.split()[:1]
        return f" {word} {text}" + (f" ON {self._expressions.condition(on, scope, outer)}" if on else "")

    def _qualified(self, node: exp.Expression, outside: Scope) -> tuple[str, Columns]:
        """QUALIFY, as a condition on the rows of a SELECT."""
        if node.args.get("distinct"):
            raise UntranslatableError("DISTINCT and QUALIFY in one SELECT", node)
        inner = node.copy()
        condition = inner.args["qualify"].this
        inner.set("qualify", None)
        inner.select(exp.alias_(condition, "_kept"), copy=False)
        text, columns = self._select(inner, outside)
        kept = {name: kind for name, kind in columns.items() if name != "_kept"}
        return f"SELECT {', '.join(map(quoted, kept))} FROM ({text}) AS numbered WHERE `_kept`", kept

    def _unnested(self, node: exp.Expression, lists: dict[str, exp.Expression], outside: Scope) -> tuple[str, Columns]:
        """Lists among the columns, whose items become rows: beside each other, the shorter ones filled up."""
        if node.args.get("qualify") or node.args.get("distinct"):
            raise UntranslatableError("unnest together with DISTINCT or QUALIFY; put it in a WITH of its own", node)
        inner = node.copy()
        names = [cell.alias_or_name for cell in node.expressions]
        cells = [
            exp.alias_(lists[name].copy(), name, quoted=True) if name in lists else cell
            for name, cell in zip(names, inner.expressions, strict=True)
        ]
        inner.set("expressions", cells)
        text, columns = self._select(inner, outside)
        empty = {name: f"CAST(array() AS {spark_kind(columns[name])})" for name in lists}
        zipped = ", ".join(f"coalesce(listed.{quoted(name)}, {empty[name]})" for name in lists)
        into = ", ".join(quoted(f"item {number}") for number in range(len(lists)))
        item = {name: f"items.{quoted(f'item {number}')}" for number, name in enumerate(lists)}
        shown = ", ".join(f"{item.get(name, f'listed.{quoted(name)}')} AS {quoted(name)}" for name in names)
        unnested = f"SELECT {shown} FROM ({text}) AS listed LATERAL VIEW inline(arrays_zip({zipped})) items AS {into}"
        return unnested, {name: items(kind) if name in lists else kind for name, kind in columns.items()}


def _is_distinct(node: exp.Expression) -> bool:
    distinct = node.args.get("distinct")
    if distinct is None:
        return False
    _expect_known(distinct)
    if distinct.expressions:
        raise UntranslatableError("DISTINCT of some columns", node)
    return True


def _keys(node: exp.Expression) -> list[exp.Expression]:
    """What the rows of a SELECT are grouped by."""
    group = node.args.get("group")
    if group is None:
        return []
    _expect_known(group)
    if group.args.get("all"):
        return [cell.unalias() for cell in node.expressions if not cell.find(exp.AggFunc, exp.Window)]
    return list(group.expressions)


def _called(node: exp.Expression, names: list[str]) -> exp.Expression:
    """A SELECT whose columns are called otherwise; what they were called is seen by nobody."""
    found = first = node.copy()
    while not isinstance(first, exp.Select):
        first = first.this
    if len(first.expressions) != len(names):
        raise UntranslatableError("two SELECTs of not as many columns", node)
    cells = zip(first.expressions, names, strict=True)
    first.set("expressions", [exp.alias_(cell.unalias(), name, quoted=True) for cell, name in cells])
    return found


def _expect_known(node: exp.Expression) -> None:
    """Raise `UntranslatableError` for a part of a SELECT of which something is not understood."""
    if type(node) not in _KNOWN:
        raise UntranslatableError(node.sql("duckdb"), node)
    for part, inner in node.args.items():
        if inner and part not in _KNOWN[type(node)]:
            raise UntranslatableError(f"{part.rstrip('_').upper().replace('_', ' ')} in {node.sql('duckdb')}", node)
