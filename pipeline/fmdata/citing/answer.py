"""An answer and its hash, which depends neither on the order of its rows nor on the version of the engine.

How the hash is made, so that it can be made again without this program:

1. Each column has a *kind*, written as JSON. `"integer"`: whole numbers of any size, and what is NULL and nothing else;
   `"decimal"`: DECIMAL; `"number"`: FLOAT and DOUBLE; `"text"`: VARCHAR, ENUM and JSON; `"timestamp"`: without a zone,
   of any precision; `"instant"`: with one; `"boolean"`, `"bytes"`, `"bits"`, `"uuid"`, `"date"`, `"time"`,
   `"interval"`; `["list", kind]`: lists and arrays; `["struct", [name, kind], …]`; `["map", kind, kind]`.
2. Each value is written as JSON: NULL is `null`, booleans are `true` and `false`, a list is an array of its values, a
   struct an array of its values in the order of its fields, a map an array of arrays of a key and a value, sorted by
   the bytes of their JSON. All others are strings:
   - integer: its digits, `-` before a negative one;
   - decimal: the same with a point and what is behind it, without zeros at its end, and without the point if nothing
     is behind it;
   - number: `nan`, `inf`, `-inf`, or the fewest digits from which the same double comes back, as Python's `repr` writes
     it (`0.1`, `-0.0`, `73.0`, `1e-07`, `1e+16`: below 0.0001 and from 1e16 on with an exponent of two digits or more);
     a FLOAT is taken for the double of the same value;
   - text: itself; bytes: two small hexadecimal digits a byte; bits: `0` and `1`; uuid: with hyphens, in small letters;
   - date `2026-01-31`, time `12:30:00` and timestamp `2026-01-31T12:30:00`, with a point and the digits of the fraction
     behind it where it is not zero, without zeros at its end; an instant is that of UTC with `Z` at its end;
     intervals, dates before year 1 and infinite ones are as DuckDB casts them to text.
3. JSON is in UTF-8, without blanks; in strings only `"`, `\\` and U+0000 to U+001F are escaped, as in RFC 8785.
4. A row is the array of its values; its hash is the SHA-256 of its JSON, in small hexadecimal digits.
5. The hash of the answer is the SHA-256 of lines, each ended by a line feed: the JSON of the array of all columns, each
   an array of its name and kind; then the hashes of all rows, sorted, each as often as the row is there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from fmdata.errors import FmdataError, quote
from fmdata.sql import drained, name

if TYPE_CHECKING:
    from duckdb.sqltypes import DuckDBPyType

Kind = Any
"""A kind as step 1 says: a text, or a list."""
_WHOLE = {f"{sign}{size}" for sign in ("", "u") for size in ("tinyint", "smallint", "integer", "bigint", "hugeint")}
_KINDS = {
    **dict.fromkeys(_WHOLE, "integer"),
    "decimal": "decimal", "float": "number", "double": "number", "varchar": "text", "enum": "text",
    "boolean": "boolean", "blob": "bytes", "bit": "bits", "uuid": "uuid", "date": "date", "time": "time",
    "interval": "interval", "timestamp": "timestamp", "timestamp_s": "timestamp", "timestamp_ms": "timestamp",
    "timestamp_us": "timestamp", "timestamp_ns": "timestamp", "timestamp with time zone": "instant",
    # What is NULL and nothing else was an INTEGER to DuckDB before version 2.
    "null": "integer",
}  # fmt: skip
# What is told as it is; DuckDB writes the text of all others.
_AS_IT_IS = frozenset({"integer", "decimal", "number", "text", "boolean", "bytes"})


@dataclass(frozen=True)
class Column:
    """A column of an answer: its name, its kind, and its type as the engine calls it."""

    name: str
    kind: Kind
    type: str


@dataclass(frozen=True)
class Answer:
    """An answer: its columns, the hashes of its rows, sorted, its own hash, and the JSON of its rows if it is kept."""

    columns: tuple[Column, ...]
    rows: tuple[str, ...]
    hash: str
    kept: tuple[str, ...] | None


def answer(con: duckdb.DuckDBPyConnection, sql: str, most: int = 0) -> Answer:
    """The answer of a SELECT; its rows are kept, sorted, if their JSON has at most so many characters."""
    columns = described(con, sql)
    numbered = [f"c{place}" for place in range(len(columns))]
    told = ", ".join(_told(column, kind) for column, (_, kind) in zip(numbered, columns, strict=True))
    result = con.execute(f"SELECT {told} FROM ({sql}\n) AS answer({', '.join(numbered)})")
    writers = [_writer(column.kind) for column, _ in columns]
    hashes, kept, left = [], [], most
    for row in drained(result):
        text = encoded([write(value) for write, value in zip(writers, row, strict=True)])
        hashes.append(hashlib.sha256(text.encode()).hexdigest())
        left -= len(text)
        if left >= 0:
            kept.append(text)
    hashes.sort()
    own = tuple(column for column, _ in columns)
    return Answer(own, tuple(hashes), hashed(own, hashes), tuple(sorted(kept)) if left >= 0 and most else None)


def hashed(columns: Iterable[Column], rows: Iterable[str]) -> str:
    """The hash of an answer by its columns and the sorted hashes of its rows."""
    found = hashlib.sha256(f"{encoded([[column.name, column.kind] for column in columns])}\n".encode())
    for row in rows:
        found.update(f"{row}\n".encode())
    return found.hexdigest()


def described(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Column, DuckDBPyType]]:
    """The columns of a SELECT. Raises `FmdataError` for a type that has no text of its own."""
    relation = con.sql(sql)
    names = [column[0] for column in relation.description]
    return [
        (Column(column, _kind(kind, column), str(kind)), kind)
        for column, kind in zip(names, relation.types, strict=True)
    ]


def encoded(value: Any) -> str:
    """JSON as step 3 says."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _kind(kind: DuckDBPyType, column: str) -> Kind:
    own = kind.id.lower()
    if own in _KINDS:
        return _KINDS[own]
    if own in ("list", "array"):
        return ["list", _kind(_inner(kind)[0][1], column)]
    if own == "struct" and _inner(kind) and all(label for label, _ in _inner(kind)):
        return ["struct", *([label, _kind(inner, column)] for label, inner in _inner(kind))]
    if own == "map" and isinstance(found := _kind(_inner(kind)[0][1], column), str):
        return ["map", found, _kind(_inner(kind)[1][1], column)]
    found = f"the column {quote(column)} is of the type {kind}, whose values have no text of their own"
    raise FmdataError(f"the query: {found}; expected a plain one. Use CAST(… AS VARCHAR), or give the parts names.")


def _inner(kind: DuckDBPyType) -> list[tuple[str, DuckDBPyType]]:
    """The types within a type, by their names; what else DuckDB tells of it, as the length of an array, left out."""
    return [(label, inner) for label, inner in kind.children if not isinstance(inner, int | list)]


def _told(column: str, kind: DuckDBPyType) -> str:
    """SQL: a column in a type that Python has without loss."""
    plain = _plain(kind)
    return column if plain == str(kind) else f"CAST({column} AS {plain})"


def _plain(kind: DuckDBPyType) -> str:
    """The type in which a value is told: as it is, or as text."""
    own = kind.id.lower()
    if own in ("list", "array"):
        return f"{_plain(_inner(kind)[0][1])}[]"
    if own == "struct":
        return f"STRUCT({', '.join(f'{name(label)} {_plain(inner)}' for label, inner in _inner(kind))})"
    if own == "map":
        return f"MAP({', '.join(_plain(inner) for _, inner in _inner(kind))})"
    return str(kind) if _KINDS[own] in _AS_IT_IS and own != "enum" else "VARCHAR"


def _writer(kind: Kind) -> Callable[[Any], Any]:
    """What makes of a value of a kind what `json` writes for it."""
    if isinstance(kind, str):
        plain = _WRITERS.get(kind, str)
        return lambda value: None if value is None else plain(value)
    if kind[0] == "list":
        item = _writer(kind[1])
        return lambda value: None if value is None else [item(one) for one in value]
    if kind[0] == "struct":
        fields = [(label, _writer(inner)) for label, inner in kind[1:]]
        return lambda value: None if value is None else [write(value[label]) for label, write in fields]
    key, item = _writer(kind[1]), _writer(kind[2])
    return lambda value: (
        None
        if value is None
        else sorted(([key(k), item(v)] for k, v in value.items()), key=lambda entry: encoded(entry).encode())
    )


def _decimal(value: Any) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _moment(value: str) -> str:
    return value.replace(" ", "T", 1)


_WRITERS: dict[str, Callable[[Any], Any]] = {
    "boolean": bool,
    "decimal": _decimal,
    "number": lambda value: repr(float(value)),
    "bytes": lambda value: bytes(value).hex(),
    "timestamp": _moment,
    "instant": lambda value: f"{_moment(value).removesuffix('+00')}Z",
}
