"""A query that can be cited: one SELECT of the tables of a release, of which nothing else can come than their rows.

What is not known to be harmless is refused, each with a word of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import duckdb

from fmdata.citing.calls import Calls, expect_table
from fmdata.citing.contents import Contents, Made
from fmdata.citing.grammar import Node, nodes, normal_form, tree
from fmdata.errors import FmdataError, quote
from fmdata.sql import one_select, parse

PLACE = "the query"
LONGEST = 100_000
# What columns are called, by every version, that have no name: counts of rows, numbers, and those of VALUES and series.
_GIVEN = re.compile(r"count_star\(\)|\d+|col\d+|range|generate_series|unnest")
_QUERIES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
_FROM = frozenset({"BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EMPTY", "PIVOT", "EXPRESSION_LIST"})
_EXPRESSIONS = frozenset({
    "BETWEEN", "CASE", "CAST", "COLLATE", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "CONSTANT", "FUNCTION", "LAMBDA",
    "OPERATOR", "POSITIONAL_REFERENCE", "STAR", "SUBQUERY", "TYPE", "WINDOW",
})  # fmt: skip
_CATALOGS = frozenset({"information_schema", "pg_catalog"})
_MASTERS = frozenset({"sqlite_master", "sqlite_schema", "sqlite_temp_master", "sqlite_temp_schema"})
_KINDS = {
    "ATTACH": "opens another database", "DETACH": "closes a database", "COPY": "reads or writes files",
    "COPY_DATABASE": "copies a database", "EXPORT": "writes files", "SET": "changes settings",
    "VARIABLE_SET": "changes settings", "PRAGMA": "asks or changes settings", "LOAD": "loads an extension",
    "EXTENSION": "is of an extension", "CALL": "calls a procedure", "EXPLAIN": "tells how a query is answered",
    "PREPARE": "is prepared for later", "EXECUTE": "runs what was prepared", "TRANSACTION": "is about transactions",
    "MULTI": "finds the columns of its PIVOT in the data (give them: PIVOT … ON … IN (…))",
}  # fmt: skip


@dataclass(frozen=True)
class Statement:
    """A query that can be cited: as written and in its normal form, and the base tables that it reads, sorted.

    `makes` is the SQL of the views and macros it rests on, each behind those it rests on itself. `named` are the names,
    in small letters, that columns of its answer may have; None where they come out of the data.
    """

    written: str
    normal: str
    tables: tuple[str, ...]
    makes: tuple[str, ...]
    named: frozenset[str] | None

    def unnamed(self, columns: Iterable[str]) -> str:
        """What is to be said of a column of the answer that nobody named, "" where all have names."""
        for number, column in enumerate(columns, 1):
            if self.named is not None and column.lower() not in self.named and not _GIVEN.fullmatch(column):
                found = f"{PLACE}: column {number} has no name of its own, and engines differ in what they call it"
                return f"{found}: here {quote(column)}. Name it: … AS name."
        return ""


@dataclass
class _Reached:
    tables: set[str] = field(default_factory=set)
    makes: dict[str, str] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    pivots: bool = False


def statement(con: duckdb.DuckDBPyConnection, text: str, given: Contents, calls: Calls) -> Statement:
    """The query that a text is. `con` is any connection: its grammar is asked.

    Raises `FmdataError` for what cannot be cited, saying why.
    """
    written = _one(text)
    parsed = tree(con, written)
    reached = _Reached()
    _Look(con, given, calls, reached).at(parsed)
    named = None if reached.pivots else given.columns | reached.named
    normal = normal_form(con, written, parsed)
    return Statement(written, normal, tuple(sorted(reached.tables)), tuple(reached.makes.values()), named)


def _one(text: str) -> str:
    """The text without its end, if it is one SELECT."""
    if len(text) > LONGEST:
        raise FmdataError(f"{PLACE}: it has {len(text):,} characters; expected at most {LONGEST:,}.")
    if "\0" in text:
        raise FmdataError(f"{PLACE}: it holds a NUL character; expected plain text.")
    kinds = [found.type.name for found in parse(text, PLACE)]
    if len(kinds) > 1:
        raise FmdataError(f"{PLACE}: found {len(kinds)} statements; expected one SELECT. Cite them one by one.")
    if kinds and kinds != ["SELECT"]:
        found = _KINDS.get(kinds[0], "changes data or the database")
        raise FmdataError(f"{PLACE}: found {kinds[0]}, which {found}; expected one SELECT, which only reads.")
    return one_select(text, PLACE)


class _Look:
    """Looks at all of a tree, and at the views and macros that it reaches."""

    def __init__(self, con: duckdb.DuckDBPyConnection, given: Contents, calls: Calls, reached: _Reached) -> None:
        self._con, self._given, self._calls, self._reached = con, given, calls, reached
        self._seen: set[str] = set()

    def at(self, parsed: Node, released: bool = False) -> None:
        """Look at a tree; what was `released` may rest on the places of rows, whose order is tried anyway."""
        own = {str(entry["key"]).lower() for node in nodes(parsed) for entry in _ctes(node)}
        for node in nodes(parsed):
            self._reached.named |= _names(node)
            self._reached.pivots |= node.get("type") == "PIVOT"
            if node.get("sample"):
                raise FmdataError(f"{PLACE}: a sample is another one each time. Ask for all rows, or choose by a key.")
            if "class" in node:
                self._expression(node, released)
            elif "alias" in node and "sample" in node:
                self._from(node, own)
            elif "modifiers" in node:
                if node["type"] not in _QUERIES:
                    raise FmdataError(f"{PLACE}: {node['type']} is not among what can be cited. Write it otherwise.")
                _expect_order(node)

    def _expression(self, node: Node, released: bool) -> None:
        kind = node["class"]
        if kind == "PARAMETER":
            raise FmdataError(f"{PLACE}: it leaves a value open ($ or ?); expected the value itself.")
        if kind not in _EXPRESSIONS:
            raise FmdataError(f"{PLACE}: {kind} is not among what can be cited. Write it in another way.")
        if kind == "COLUMN_REF":
            *table, column = node["column_names"]
            if column.lower() == "rowid" and not released:
                found = f"{PLACE}: rowid is where a row happens to lie in a file"
                raise FmdataError(f"{found}; expected columns of the release. Use the table's key.")
            if not table:
                self._calls.expect_word(column)
        if kind in ("FUNCTION", "WINDOW"):
            _expect_plain(node, node["function_name"])
            name = str(node["function_name"]).lower()
            if name in self._given.macros:
                self._make(name, self._given.macros[name])
            else:
                self._calls.expect(node)
                self._once(name, tuple(f"SELECT {body}" for body in self._calls.bodies.get(name, ())))

    def _from(self, node: Node, own: set[str]) -> None:
        kind = node["type"]
        if kind == "SHOW_REF":
            found = "SHOW, DESCRIBE and SUMMARIZE tell of the database"
            raise FmdataError(f"{PLACE}: {found}; expected a SELECT of its rows. fmdata tables tells of the columns.")
        if kind not in _FROM:
            raise FmdataError(f"{PLACE}: {kind} is not among what can be cited. Write it in another way.")
        if kind == "BASE_TABLE":
            self._table(node, own)
        if kind == "TABLE_FUNCTION":
            _expect_plain(node["function"], node["function"]["function_name"])
            name = str(node["function"]["function_name"]).lower()
            if name in self._given.table_macros:
                self._make(name, self._given.table_macros[name])
            else:
                expect_table(name)

    def _table(self, node: Node, own: set[str]) -> None:
        name = str(node["table_name"])
        low, schema = name.lower(), str(node["schema_name"]).lower()
        if schema in _CATALOGS or low in _MASTERS or low.startswith(("duckdb_", "pg_", "pragma_")):
            raise FmdataError(f"{PLACE}: {schema or low} tells of the database; expected tables of the release alone.")
        if node["at_clause"]:
            raise FmdataError(f"{PLACE}: AT asks for another state of a table. Cite that release with --release.")
        known = low in self._given.tables or low in self._given.views or low in own
        if not known and (set("/\\.:*?") & set(name)):
            found = f"{PLACE}: {quote(name)} would be read as a file or an address"
            raise FmdataError(f"{found}; expected tables of the release alone.")
        _expect_plain(node, name)
        if not known:
            listed = ", ".join(sorted([*self._given.tables.values(), *self._given.views]))
            raise FmdataError(f"{PLACE}: the release has no table or view {quote(name)}; expected one of {listed}.")
        if low in self._given.views:
            self._make(low, self._given.views[low])
        elif low in self._given.tables:
            self._reached.tables.add(self._given.tables[low])

    def _make(self, name: str, made: Made) -> None:
        self._once(made.create, made.bodies)
        self._reached.makes.setdefault(name, made.create)

    def _once(self, what: str, bodies: tuple[str, ...]) -> None:
        if what not in self._seen:
            self._seen.add(what)
            for body in bodies:
                self.at(tree(self._con, body), released=True)


def _ctes(node: Node) -> Iterator[Node]:
    """The named queries of a query; a recursive one has its name in itself too."""
    if isinstance(node.get("cte_map"), dict):
        yield from node["cte_map"]["map"]


def _names(node: Node) -> set[str]:
    """The names that a node gives to columns, or calls them by, in small letters."""
    lists = (node.get("column_name_alias"), node.get("column_names"), node.get("aliases"))
    words = [node.get("alias"), *(word for words in lists if isinstance(words, list) for word in words)]
    return {word.lower() for word in words if isinstance(word, str) and word}


def _expect_plain(node: Node, name: str) -> None:
    """Raise `FmdataError` for a table or function of another database or schema."""
    words = [node.get("catalog_name") or node.get("catalog"), node.get("schema_name") or node.get("schema")]
    prefix = [word for word in words if word and word.lower() not in ("main", "system")]
    if prefix:
        found = f"{PLACE}: {quote('.'.join([*prefix, name]))} is of another database or schema"
        raise FmdataError(f"{found}; expected names of the release as they are, without anything before them.")


def _expect_order(node: Node) -> None:
    """Raise `FmdataError` where rows are picked by their order, and none was asked for."""
    ordered = False
    for modifier in node["modifiers"]:
        kind = modifier["type"]
        ordered = ordered or kind == "ORDER_MODIFIER"
        if "LIMIT" in kind and not ordered:
            found = f"{PLACE}: LIMIT or OFFSET without ORDER BY takes any rows"
            raise FmdataError(f"{found}; expected an order that leaves no ties. End ORDER BY with the table's key.")
