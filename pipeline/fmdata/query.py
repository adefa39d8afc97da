"""Questions to a built release, and their answers in the formats people use."""

from __future__ import annotations

import csv
import datetime
import io
import json
import math
import os
import signal
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from fmdata.errors import FmdataError
from fmdata.reader import LATEST, reading
from fmdata.sql import literal, one_select
from fmdata.writers.cookbook import markdown_table

_T = TypeVar("_T")
PLACE = "the query"


@dataclass(frozen=True)
class Answer:
    """A query's answer: names of the columns, and rows of Python values."""

    columns: list[str]
    rows: list[tuple[Any, ...]]


def database(root: Path) -> Path:
    """The DuckDB file of the current build of the project at `root`."""
    found = sorted((root / LATEST).glob("*.duckdb"))
    if len(found) != 1:
        raise FmdataError(f"{root / LATEST}: found {len(found)} DuckDB files; expected one. Run `fmdata build` first.")
    return found[0]


def ask(path: Path, sql: str) -> Answer:
    """The answer of one SELECT over a database file. Raises `FmdataError` for anything that is not allowed or wrong."""

    def work(con: duckdb.DuckDBPyConnection) -> Answer:
        result = con.execute(one_select(sql, PLACE))
        return Answer([column[0] for column in result.description], result.fetchall())

    with reading(path) as con:
        return _stoppable(con, work)


def ask_parquet(path: Path, sql: str, output: Path) -> int:
    """Write the answer to the Parquet file `output`, whole or not at all; returns the number of rows."""
    target = output.resolve()
    if target.exists() and not target.is_file():
        raise FmdataError(f"{output}: not a plain file; expected one, or none yet.")
    part = target.with_name(f".{target.name}.part")

    def work(con: duckdb.DuckDBPyConnection) -> int:
        copy = f"COPY ({one_select(sql, PLACE)}\n) TO {literal(part)} (FORMAT parquet)"
        return int(con.execute(copy).fetchall()[0][0])

    try:
        with reading(path, part) as con:
            rows = _stoppable(con, work, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return rows


def _stoppable(
    con: duckdb.DuckDBPyConnection, work: Callable[[duckdb.DuckDBPyConnection], _T], leftover: Path | None = None
) -> _T:
    """What `work` returns or raises; Ctrl-C ends it, however deep DuckDB is in a query.

    DuckDB does not always hear an interrupt. The connection is read-only, so that after two seconds nothing is lost by
    ending the process, `leftover` removed.
    """
    done: list[_T | BaseException] = []

    def run() -> None:
        try:
            done.append(work(con))
        except BaseException as error:
            done.append(error)
        ended.set()

    # An event, because Thread.join that is interrupted takes the thread for ended.
    ended = threading.Event()
    threading.Thread(target=run, daemon=True).start()
    try:
        while not ended.wait(0.1):
            pass
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        con.interrupt()
        if not ended.wait(2):
            if leftover:
                leftover.unlink(missing_ok=True)
            os._exit(130)
        raise
    result = done[0]
    if isinstance(result, Exception) and "pytz" in str(result):
        raise FmdataError("the query: a time with a zone has no plain text; expected CAST(… AS VARCHAR).") from None
    if isinstance(result, duckdb.Error):
        raise FmdataError(f"the query: {result}") from None
    if isinstance(result, BaseException):
        raise result
    return result


def as_csv(answer: Answer) -> str:
    """CSV with LF line ends; NULL is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows([[_text(value) for value in row] for row in answer.rows])
    return text.getvalue().rstrip("\n")


def as_json(answer: Answer) -> str:
    """A JSON array of one object a row; NULL and what JSON has no number for are null, dates are ISO 8601 texts."""
    for column in answer.columns:
        if answer.columns.count(column) > 1:
            raise FmdataError(f'the query: the column "{column}" stands twice; expected names that differ. Use AS.')
    rows = [dict(zip(answer.columns, map(_finite, row), strict=True)) for row in answer.rows]
    return json.dumps(rows, ensure_ascii=False, indent=2, default=_json, allow_nan=False)


def as_markdown(answer: Answer) -> str:
    """A Markdown table."""
    return markdown_table(answer.columns, [tuple(_text(value) for value in row) for row in answer.rows])


FORMATS: dict[str, Callable[[Answer], str]] = {"csv": as_csv, "json": as_json, "markdown": as_markdown}


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return (
        json.dumps(_finite(value), ensure_ascii=False, default=_json) if isinstance(value, list | dict) else str(value)
    )


def _finite(value: object) -> object:
    """The value with null in place of NaN and infinity, at any depth."""
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def plain(record: dict[str, Any]) -> dict[str, Any]:
    """A record with values that JSON has."""
    simple = (int, float, str, type(None))
    return {column: _finite(value) if isinstance(value, simple) else _json(value) for column, value in record.items()}


def _json(value: object) -> object:
    if isinstance(value, Decimal):
        exact = Decimal(repr(float(value))) == value
        return int(value) if value == value.to_integral_value() else float(value) if exact else str(value)
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)


def write_text(text: str, output: Path) -> None:
    """Write `text` and a line end to `output`, as `write_lines` does."""
    write_lines([text], output)


def write_lines(lines: Iterable[str], output: Path) -> None:
    """Write lines to `output`: a plain file whole or not at all, anything else (a pipe, a device) as they come."""
    target = output.resolve()
    plain = target.is_file() or not target.exists()
    part = target.with_name(f".{target.name}.part") if plain else target
    try:
        with part.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
        if plain:
            part.replace(target)
    finally:
        if plain:
            part.unlink(missing_ok=True)
