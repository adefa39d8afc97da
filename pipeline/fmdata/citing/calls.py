"""What a citable query may call: what gives the same for the same, in every run and every engine."""

from __future__ import annotations

import re

import duckdb

from fmdata.citing.grammar import Node
from fmdata.errors import FmdataError

# What gives tables and reads nothing but what they are given.
TABLES = frozenset({"unnest", "range", "generate_series", "json_each", "json_tree"})
# Words that are calls without parentheses.
_BARE = frozenset({
    "current_catalog", "current_date", "current_role", "current_schema", "current_time", "current_timestamp",
    "current_user", "localtime", "localtimestamp", "session_user", "user",
})  # fmt: skip
_CHANGING = "gives something else from run to run or from session to session"
_APPROXIMATE = "only comes near the value, each time otherwise"
_ENGINE = "gives what the version of the engine makes of it"
# DuckDB says of these that they are consistent, which they are within one session of one version.
_UNORDERED = "gives a list whose order is that of the engine's version"
_DECEPTIVE = {
    **dict.fromkeys(("current_localtime", "current_localtimestamp"), _CHANGING),
    **dict.fromkeys(("array_intersect", "list_intersect"), _UNORDERED),
    **dict.fromkeys(
        ("approx_count_distinct", "approx_quantile", "approx_top_k", "reservoir_quantile"),
        _APPROXIMATE,
    ),
    **dict.fromkeys(
        ("alias", "can_cast_implicitly", "combine", "combine_aggr", "create_sort_key", "finalize", "get_type", "hash",
         "icu_sort_key", "index_key", "json_deserialize_sql", "json_serialize_plan", "json_serialize_sql",
         "parse_duckdb_log_message", "pg_typeof", "to_aggregate_state", "typeof", "version"),
        _ENGINE,
    ),
}  # fmt: skip
# These take the name of an aggregate as a text.
_BY_NAME = frozenset({"list_aggr", "list_aggregate", "array_aggr", "array_aggregate", "aggregate"})
# Of the same name with less: the age of a time until now.
_UNTIL_NOW = {"age": 1}
# Names DuckDB's grammar knows, and its list does not.
_SPECIAL = frozenset({"unnest", "count_star", "grouping", "struct_pack", "coalesce", "ifnull", "construct_array"})
_FILES = re.compile(r"read_|parquet_|.*_scan\b|sniff_|glob$|.*scan_dumb$|which_secret$")
_SESSION = re.compile(r"duckdb_|pragma_|pg_|icu_calendar|summary$|histogram|test_")
_BUILDERS = frozenset({"query", "query_table", "json_execute_serialized_sql"})


class Calls:
    """What the installed DuckDB can call: `bodies` are those of its own scalar macros, by their names."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        rows = con.execute(
            "SELECT lower(function_name), function_type, stability, macro_definition FROM duckdb_functions() "
            "WHERE function_type IN ('scalar', 'aggregate', 'window', 'macro')"
        ).fetchall()
        # Operators are written in words of their own; what stops a query with an error does not vary.
        self._known = {name for name, *_ in rows}
        self._changing = {
            name for name, kind, how, _ in rows if kind != "macro" and how != "CONSISTENT" and name != "error"
        }
        self.bodies: dict[str, list[str]] = {}
        for name, kind, _, body in rows:
            if kind == "macro" and body:
                self.bodies.setdefault(name, []).append(body)

    def expect(self, node: Node) -> None:
        """Raise `FmdataError` for a call of a function that may not be used."""
        name = str(node["function_name"]).lower()
        if name in self._changing:
            _refuse(name, _CHANGING)
        if name in _DECEPTIVE:
            _refuse(name, _DECEPTIVE[name])
        if name in _UNTIL_NOW and len(node["arguments"]) == _UNTIL_NOW[name]:
            _refuse(name, _CHANGING)
        if name.startswith("__internal") or name not in self._known | _SPECIAL:
            raise FmdataError(f"the query: {name}() is no function that can be cited. Use another.")
        if name in _BY_NAME:
            self._expect_named(name, node)

    def expect_word(self, word: str) -> None:
        """Raise `FmdataError` for a column that is a function, unless it is told of which table it is."""
        if word.lower() in _BARE:
            found = f"the query: {word} {_CHANGING}"
            raise FmdataError(f"{found}. Give the value itself, or the table if it is the name of a column.")

    def _expect_named(self, name: str, node: Node) -> None:
        given = [argument["expression"] for argument in node["arguments"]][1:2]
        texts = [one["literal"]["text"] for one in given if one["class"] == "CONSTANT" and one["literal"]["text"]]
        if not texts:
            raise FmdataError(f"the query: {name}() does not name its aggregate; expected a plain text, e.g. 'sum'.")
        self.expect({"function_name": texts[0], "arguments": [], "class": "FUNCTION"})


def expect_table(name: str) -> None:
    """Raise `FmdataError` for a table function that may not be used; the macros of a release are not asked here."""
    if name in TABLES:
        return
    if _FILES.match(name):
        raise FmdataError(f"the query: {name}() reads files or addresses; expected tables of the release alone.")
    if name in _BUILDERS:
        raise FmdataError(f"the query: {name}() makes a query of a text. Write that query itself.")
    if _SESSION.match(name):
        found = f"the query: {name}() tells of the engine or the session, not of the data"
        raise FmdataError(f"{found}; expected tables of the release alone.")
    allowed = ", ".join(sorted(TABLES))
    raise FmdataError(f"the query: {name}() is no table function that can be cited; expected {allowed}, or a macro.")


def _refuse(name: str, why: str) -> None:
    raise FmdataError(f"the query: {name}() {why}, so that nobody gets the same answer again. Ask without it.")
