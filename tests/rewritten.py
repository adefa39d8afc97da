"""The hash of an answer, written again by what the docstring of `fmdata.citing.answer` says, without the engine.

It needs a DuckDB connection and the kinds of the columns, and takes its values one by one as DuckDB casts them to text.
"""

from __future__ import annotations

import hashlib
import json
import sys

import duckdb


def rehashed(con, sql, kinds):
    """The hash of the answer of a SELECT whose columns have these kinds."""
    names = [column[0] for column in con.execute(sql).description]
    cells = ", ".join(text_of(f"c{place}", kind) for place, kind in enumerate(kinds))
    rows = con.execute(f"SELECT {cells} FROM ({sql}) AS t({', '.join(f'c{place}' for place in range(len(kinds)))})")
    lines = sorted(digest(list(map(written, row, kinds))) for row in rows.fetchall())
    header = json.dumps(list(zip(names, kinds, strict=True)), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256("".join(f"{line}\n" for line in [header, *lines]).encode()).hexdigest()


def text_of(column, kind):
    """SQL: what Python is given of a column: its text, but for what is nested or has bytes."""
    return column if isinstance(kind, list) or kind in ("bytes", "boolean", "number") else f"CAST({column} AS VARCHAR)"


def digest(row):
    return hashlib.sha256(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8")).hexdigest()


def written(value, kind):
    if value is None:
        return None
    if isinstance(kind, list):
        return nested(value, *kind)
    if kind == "boolean":
        return value
    return PLAIN.get(kind, str)(value)


def nested(value, word, *inner):
    if word == "list":
        return [written(item, inner[0]) for item in value]
    if word == "struct":
        return [written(value[name], kind) for name, kind in inner]
    pairs = [[written(key, inner[0]), written(item, inner[1])] for key, item in value.items()]
    return sorted(pairs, key=lambda pair: json.dumps(pair, ensure_ascii=False, separators=(",", ":")).encode())


def decimal(text):
    whole, _, rest = str(text).partition(".")
    return f"{whole}.{rest.rstrip('0')}" if rest.rstrip("0") else whole


PLAIN = {
    "number": repr,
    "bytes": lambda value: "".join(f"{byte:02x}" for byte in value),
    "decimal": decimal,
    "timestamp": lambda value: "T".join(str(value).split(" ", 1)),
    "instant": lambda value: "T".join(value[: -len("+00")].split(" ", 1)) + "Z",
}


if __name__ == "__main__":
    # For other versions of DuckDB: a file, and on standard input [[sql, kinds], ...].
    with duckdb.connect() as connection:
        connection.execute(f"SET TimeZone = 'UTC'; ATTACH '{sys.argv[1]}' AS release (READ_ONLY); USE release")
        told = [rehashed(connection, sql, kinds) for sql, kinds in json.load(sys.stdin)]
        print(json.dumps({"version": duckdb.__version__, "hashes": told}))
