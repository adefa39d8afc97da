"""A statement as DuckDB's own grammar sees it: its tree, and its text in a normal form.

The tree is what `json_serialize_sql` gives: objects with a `class` are expressions, those with a `sample` and an
`alias` are what stands behind FROM, the others are queries, their modifiers and details.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb

from fmdata.errors import FmdataError
from fmdata.sql import scalar

Node = dict[str, Any]
# Where a word stands in the text, and what it was read from, is no part of what it means.
_PLACES = ("query_location", "query_location_length")


def tree(con: duckdb.DuckDBPyConnection, sql: str) -> Node:
    """The tree of one SELECT. Raises `FmdataError` for what has none."""
    try:
        found = json.loads(con.execute("SELECT json_serialize_sql($1)", [sql]).fetchall()[0][0])
    except RecursionError:
        raise FmdataError("the query: it is nested too deeply. Write it with fewer levels.") from None
    except duckdb.Error as error:
        raise FmdataError(f"the query: {error}") from None
    if found["error"]:
        raise FmdataError(f"the query: {found.get('error_message', 'it cannot be parsed')}")
    statements: list[Node] = found["statements"]
    return statements[0]


def normal_form(con: duckdb.DuckDBPyConnection, sql: str, parsed: Node) -> str:
    """One SELECT as DuckDB writes it: without comments, blanks and capitals that mean nothing.

    Where DuckDB would write something else than it has read, it is the text as it is.
    """
    told = json.dumps({"error": False, "statements": [parsed]})
    try:
        written = str(scalar(con, f"SELECT json_deserialize_sql({_quoted(told)})"))
        again = tree(con, written)
    except (duckdb.Error, FmdataError):
        return sql
    return written if _meant(again) == _meant(parsed) else sql


def nodes(parsed: Any) -> Iterator[Node]:
    """Every object of a tree, those around before those within.

    The function of a table function is left out, not what it is given: the object around it tells of both.
    """
    left = [parsed]
    while left:
        node = left.pop()
        if isinstance(node, list):
            left += reversed(node)
        elif isinstance(node, dict):
            yield node
            inner = node
            if node.get("type") == "TABLE_FUNCTION":
                inner = {**node, "function": node["function"]["arguments"]}
            left += reversed(list(inner.values()))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _meant(node: Any) -> Any:
    if isinstance(node, list):
        return [_meant(item) for item in node]
    if isinstance(node, dict):
        return {word: _meant(value) for word, value in node.items() if word not in _PLACES}
    return node
