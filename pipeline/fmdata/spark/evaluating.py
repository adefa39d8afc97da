"""Expressions of DuckDB, evaluated by DuckDB on the workers: they mean what they mean in the local engine."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa
from pyspark.sql.functions import arrow_udf

from fmdata.spark.kinds import arrow_kind, carried, spark_kind
from fmdata.sql import parse
from fmdata.tables import MACROS

# Around what DuckDB says is wrong, in what Spark makes of it.
_MARKS = "<<fmdata:", ":fmdata>>"
# What in DuckDB's words is of the query made here, which nobody else has seen.
_OURS = re.compile(r"( when casting from source column a[0-9]+)?\n\nLINE .*", re.DOTALL)
_MARKED = re.compile(f"{_MARKS[0]}(.*?){_MARKS[1]}", re.DOTALL)


def evaluator(expression: str, kinds: list[str], kind: str, macros: str) -> Any:
    """A function of Spark's that gives an expression over the columns a0, a1, … of some `kinds` a value of a `kind`.

    The expression may call `macros`, given as the text of their file.
    """
    arguments = "".join(f", CAST(c{n} AS {own}) AS a{n}" for n, own in enumerate(kinds))
    value, arrow = f"CAST(({expression}) AS {carried(kind)})", arrow_kind(kind)
    query = f"SELECT {value} AS value FROM (SELECT n{arguments} FROM given) ORDER BY n"

    def evaluate(*columns: pa.Array) -> pa.Array:
        con = _connection(macros)
        given = {f"c{n}": column for n, column in enumerate(columns)}
        given["n"] = pa.array(range(len(columns[0])), pa.int64())
        try:
            con.register("given", pa.table(given))
            found = con.sql(query).to_arrow_table().column("value")
        except duckdb.Error as error:
            raise ValueError(marked(_OURS.sub("", str(error)))) from None
        finally:
            con.unregister("given")
        return pa.concat_arrays(found.cast(arrow).chunks) if found.num_chunks else pa.array([], arrow)

    return arrow_udf(_typed(evaluate), spark_kind(kind))


def marked(message: str) -> str:
    """A message that is found again in what Spark makes of it."""
    return f"{_MARKS[0]}{message}{_MARKS[1]}"


def told(error: Exception) -> str | None:
    """What DuckDB said was wrong, out of what Spark says."""
    found = _MARKED.search(str(error))
    return found[1] if found else None


def _typed(function: Callable[..., pa.Array]) -> Callable[..., pa.Array]:
    # Spark looks at the types themselves, not at their names.
    function.__annotations__ = {"columns": pa.Array, "return": pa.Array}
    return function


@cache
def _connection(macros: str) -> duckdb.DuckDBPyConnection:
    """A database of this worker's, without data, as long as the worker lives."""
    con = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    con.execute("SET threads = 1; SET TimeZone = 'UTC'; SET enable_external_access = false")
    for statement in parse(macros, MACROS):
        con.execute(statement)
    return con
