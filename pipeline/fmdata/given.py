"""Rows that are given as JSON: one object, an array of objects, or one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fmdata.contract import Resource
from fmdata.contract.load import members
from fmdata.contract.types import truths
from fmdata.errors import FmdataError, quote

WHERE = "standard input"
"""What messages call the place that the rows come from."""
_EXPECTED = "one object, an array of objects, or one object a line, with the columns as names"
_NESTED = ("object", "array", "any")


class _Written(float):
    """A number with the text it was written as."""

    def __new__(cls, text: str) -> _Written:
        made = super().__new__(cls, text)
        made.text = text
        return made

    text: str


class _Twice(ValueError):
    """A name that stands twice in one object."""


def given(resource: Resource, data: bytes) -> list[dict[str, str | None]]:
    """The rows that a text of JSON gives for an extract: texts by column, None for null.

    Raises `FmdataError`, with the line, for a text that is no JSON or has other things in it than rows.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FmdataError(f"{WHERE}: not UTF-8 text ({error.reason}, byte {error.start}).") from None
    rows = [_row(resource, value, line) for value, line in _values(text)]
    if not rows:
        raise FmdataError(f"{WHERE}: there is no row; expected {_EXPECTED}.")
    return rows


def _values(text: str) -> Iterator[tuple[Any, int]]:
    """Each JSON value of a text, or of the array that it is, and the line it begins on."""
    decoder = json.JSONDecoder(object_pairs_hook=_once, parse_float=_Written, parse_constant=_no_number)
    at = _next(text, 0)
    while at < len(text):
        line = text.count("\n", 0, at) + 1
        try:
            value, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            found = f"not JSON ({error.msg})"
            raise FmdataError(f"{WHERE}:{error.lineno}:{error.colno}: {found}; expected {_EXPECTED}.") from None
        except _Twice as error:
            raise FmdataError(f"{WHERE}:{line}: the column {quote(error)} stands twice in one row. Keep one.") from None
        except (ValueError, RecursionError) as error:
            raise FmdataError(f"{WHERE}:{line}: cannot be read as JSON ({error}); expected {_EXPECTED}.") from None
        if isinstance(value, list):
            places = (place for _, place in members(text, at))
            yield from ((own, text.count("\n", 0, place) + 1) for own, place in zip(value, places, strict=True))
        else:
            yield value, line
        at = _next(text, end)


def _next(text: str, at: int) -> int:
    """Where a text goes on after blanks."""
    return len(text) - len(text[at:].lstrip(" \t\r\n"))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1))
    return found


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no JSON")


def _row(resource: Resource, value: Any, line: int) -> dict[str, str | None]:
    if not isinstance(value, dict):
        found = quote(json.dumps(value, ensure_ascii=False))
        raise FmdataError(f"{WHERE}:{line}: {found} is no row; expected {_EXPECTED}.")
    if unknown := [column for column in value if column not in resource.names()]:
        expected = ", ".join(resource.names())
        found = f"{resource.name} has no column {quote(unknown[0])}"
        raise FmdataError(f"{WHERE}:{line}: {found}; expected one of {expected}.")
    return {column: _text(resource, column, own, line) for column, own in value.items()}


def _text(resource: Resource, column: str, value: Any, line: int) -> str | None:
    """The text of a JSON value as an extract has it."""
    field = resource.field(column)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return truths(field)[not value][0] if field.type == "boolean" else json.dumps(value)
    if isinstance(value, _Written):
        return value.text
    if isinstance(value, dict | list) and field.type not in _NESTED:
        found = f"{column} is {quote(json.dumps(value, ensure_ascii=False))}"
        raise FmdataError(f"{WHERE}:{line}: {found}; expected a text, a number, true, false or null.")
    return json.dumps(value, ensure_ascii=False)
