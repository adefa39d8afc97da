"""Questions to a built release, and their answers in the formats people use."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from fmdata.errors import FmdataError
from fmdata.reader import one_select, reading
from fmdata.release import LATEST
from fmdata.sql import count, interruptible, literal, name
from fmdata.writers.cookbook import markdown_table


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
    with interruptible(), reading(path) as con, _told():
        result = con.execute(one_select(con, sql))
        return Answer([column[0] for column in result.description], result.fetchall())


def ask_parquet(path: Path, sql: str, output: Path) -> int:
    """Write the answer to the Parquet file `output`, whole or not at all; returns the number of rows."""
    part = output.resolve().with_name(f".{output.name}.part")
    try:
        with interruptible(), reading(path, part) as con, _told():
            query = one_select(con, sql)
            rows = con.execute(f"COPY ({query}) TO {literal(part)} (FORMAT parquet)").fetchall()
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
    return int(rows[0][0])


@contextmanager
def _told() -> Iterator[None]:
    """Tells what DuckDB has against a query as an `FmdataError`."""
    try:
        yield
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        raise FmdataError(f"the query: {error}") from None


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
    return json.dumps(value, ensure_ascii=False, default=_json) if isinstance(value, list | dict) else str(value)


def _finite(value: object) -> object:
    """The value with null in place of NaN and infinity, at any depth."""
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _json(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.hex() if isinstance(value, bytes) else str(value)


def write_text(text: str, output: Path) -> None:
    """Write `text` to the file `output`, whole or not at all."""
    part = output.with_name(f".{output.name}.part")
    try:
        part.write_text(text + "\n", encoding="utf-8")
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)


@dataclass(frozen=True)
class Table:
    """A table or view as `fmdata tables` shows it: rows is None for a view; columns are (name, type, words)."""

    name: str
    words: str
    rows: int | None
    columns: list[tuple[str, str, str]]


def tables(path: Path) -> Iterator[Table]:
    """Every table and view of a database file, told by its own comments, in the order of its dictionary."""
    with reading(path) as con:
        listed = con.execute(
            "SELECT t.name, t.words, t.view FROM (SELECT table_name AS name, comment AS words, false AS view "
            "FROM duckdb_tables() UNION ALL SELECT view_name, comment, true FROM duckdb_views() WHERE NOT internal) t "
            "JOIN (SELECT table_name, min(rowid) AS place FROM _dictionary GROUP BY ALL) d ON d.table_name = t.name "
            "ORDER BY d.place"
        ).fetchall()
        for table, words, view in listed:
            rows = None if view else count(con, name(table))
            columns = con.execute(
                "SELECT column_name, data_type, comment FROM duckdb_columns() WHERE table_name = ? "
                "ORDER BY column_index",
                [table],
            ).fetchall()
            yield Table(table, words or "", rows, [(c, _kind(kind), note or "") for c, kind, note in columns])


def _kind(kind: str) -> str:
    return "ENUM" if kind.startswith("ENUM(") else kind
