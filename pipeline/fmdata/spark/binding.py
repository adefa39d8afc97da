"""What DuckDB makes of expressions before there is a row: their types, their macros, and what is not allowed."""

from __future__ import annotations

import re
from functools import cache

import duckdb
from sqlglot import exp

from fmdata.spark.kinds import UntranslatableError
from fmdata.spark.proving import expect_same_reading

_TEXTS = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")
_WORD = re.compile(r"[a-z_]\w*")
_CALLED = re.compile(r"([a-z_]\w*)\s*\(")
# Words that are called without parentheses.
_MOMENTS = {"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"}
# It fails, wherever it is run.
_HARMLESS = {"error"}


class Binder:
    """Answers for expressions over no rows, by asking a connection that has the macros and the tables, all empty."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self.kind = cache(self._kind)
        self._chance = (self._functions("stability <> 'CONSISTENT'") | _MOMENTS) - _HARMLESS
        beyond = self._functions("function_type IN ('aggregate', 'table', 'table_macro')")
        self._beyond = beyond - self._functions("function_type = 'scalar'") | {"unnest", "generate_subscripts"}
        # A macro may have a definition for each number of arguments.
        texts = "SELECT lower(function_name), string_agg(macro_definition, ' ') FROM duckdb_functions()"
        self._macros: dict[str, str] = dict(con.execute(f"{texts} WHERE NOT internal GROUP BY ALL").fetchall())
        for macro in self._macros:
            if macro.upper() in exp.FUNCTION_BY_NAME or macro in self._functions("true"):
                raise UntranslatableError(f"a macro with the name of a function, {macro}; give it another name")

    def expect_sound(self, expression: str, beyond: bool = False) -> None:
        """Raise `UntranslatableError` where an expression, or a macro it calls, may have another value each time.

        Or where it looks at further rows, unless it may look `beyond` its own.
        """
        for macro, text in [("", expression), *((m, self._macros[m]) for m in self._called(expression))]:
            where = f" in the macro {macro}" if macro else ""
            bare = _TEXTS.sub("''", text).lower()
            words = set(_WORD.findall(bare))
            if chance := sorted(words & self._chance):
                raise UntranslatableError(f"{chance[0]}{where}, which gives another value each time")
            more = {"select"} & words | set(_CALLED.findall(bare)) & self._beyond
            if more and (macro or not beyond):
                raise UntranslatableError(f"{min(more)}{where}, which looks at more than a row's values")

    def columns(self, sql: str) -> list[tuple[str, str]]:
        """Names and types of the columns of a SELECT."""
        found = self._con.execute(f"DESCRIBE {sql}").fetchall()
        return [(row[0], row[1]) for row in found]

    def expect_same_reading(self, sql: str, tree: exp.Expression) -> None:
        """Raise `UntranslatableError` where the tree that sqlglot made of a SELECT says something else to DuckDB."""
        expect_same_reading(self._con, sql, tree)

    def constant(self, expression: str) -> object:
        """The value of an expression without columns."""
        return self._con.execute(f"SELECT {expression}").fetchall()[0][0]

    def _kind(self, expression: str, kinds: tuple[str, ...]) -> str:
        """The type of an expression over the columns a0, a1, … of some types."""
        given = ", ".join(f"CAST(NULL AS {kind}) AS a{n}" for n, kind in enumerate(kinds)) or "1"
        [(_, kind)] = self.columns(f"SELECT {expression} FROM (SELECT {given})")
        return kind

    def _called(self, expression: str) -> set[str]:
        """The macros that an expression calls, and those that these call."""
        found: set[str] = set()
        waiting = [expression]
        while waiting:
            text = _TEXTS.sub("''", waiting.pop()).lower()
            more = {macro for macro in _CALLED.findall(text) if macro in self._macros} - found
            found |= more
            waiting += [self._macros[macro] for macro in more]
        return found

    def _functions(self, condition: str) -> set[str]:
        query = f"SELECT DISTINCT function_name FROM duckdb_functions() WHERE internal AND {condition}"
        return {row[0] for row in self._con.execute(query).fetchall()}
