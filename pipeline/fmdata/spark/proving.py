"""Whether sqlglot reads a SELECT as DuckDB does: what it writes must be the same to DuckDB's own parser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb
import sqlglot

from fmdata.spark.kinds import UntranslatableError

# What is only about the text, or is said in full where it is left out.
_ORDER = {"ORDER_DEFAULT": "NULLS_LAST"}


def expect_same_reading(con: duckdb.DuckDBPyConnection, sql: str, tree: sqlglot.Expression) -> None:
    """Raise `UntranslatableError` where the tree that sqlglot made of a SELECT says something else."""
    query = "SELECT function_name, min(alias_of) FROM duckdb_functions() WHERE alias_of IS NOT NULL GROUP BY ALL"
    aliases: dict[str, str] = dict(con.execute(query).fetchall())
    ours = tree.sql("duckdb")
    trees = [con.execute("SELECT json_serialize_sql($1)", [text]).fetchall()[0][0] for text in (sql, ours)]
    one, other = (_plain(json.loads(text), aliases) for text in trees)
    if one["error"] or other["error"]:
        raise UntranslatableError("what is no plain SELECT to DuckDB")
    for there, here in _differences(one, other):
        found = f"what sqlglot reads otherwise than DuckDB: {_shown(there)} becomes {_shown(here)}"
        raise UntranslatableError(found)


def _plain(node: Any, aliases: dict[str, str]) -> Any:
    """A tree of DuckDB's parser without what may differ between texts that mean the same."""
    if isinstance(node, list):
        return [_plain(one, aliases) for one in node]
    if not isinstance(node, dict):
        return node
    found = {key: _plain(one, aliases) for key, one in node.items() if not key.startswith("query_location")}
    if "null_order" in found:
        found["null_order"] = _ORDER.get(found["null_order"], found["null_order"])
        found["type"] = "ASCENDING" if found["type"] == "ORDER_DEFAULT" else found["type"]
    if path := (found.get("qualified_name") or {}).get("path"):
        last = path[-1].lower()
        path[-1] = _kind(last) if found.get("class") == "TYPE" else aliases.get(last, last)
        for key in ("function_name", "type_name"):
            found.pop(key, None)
        if last.startswith("date"):
            # The names of parts of a date may be in capitals.
            for literal in [one["expression"].get("literal") for one in found.get("arguments", [])]:
                if literal:
                    literal["text"] = literal["text"].lower()
    children = found.get("children")
    if found.get("type") == "OPERATOR_NOT" and children and children[0].get("type") == "OPERATOR_IS_NULL":
        return {**children[0], "type": "OPERATOR_IS_NOT_NULL", "alias": found["alias"]}
    return found


def _kind(name: str) -> str:
    """The one name of a type that may have several."""
    try:
        return str(duckdb.sqltype(name))
    except duckdb.Error:
        return name


def _differences(one: Any, other: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(one, dict) and isinstance(other, dict) and one.get("type") == other.get("type"):
        for key in sorted(one.keys() | other.keys()):
            yield from _differences(one.get(key), other.get(key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for pair in zip(one, other, strict=True):
            yield from _differences(*pair)
    elif one != other:
        yield one, other


def _shown(node: Any) -> str:
    """A part of a tree in few words: the names and texts in it."""
    if isinstance(node, dict):
        words = [*(node.get("qualified_name") or {}).get("path", []), *node.get("column_names", [])]
        return str(words[-1] if words else (node.get("literal") or node).get("text") or node.get("type"))
    return repr(node)
