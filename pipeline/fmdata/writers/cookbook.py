"""The cookbook: questions people ask, each a SQL file run against the release, with its real answer.

`pipeline/queries/<name>.sql` begins with comment lines: the question, then what to know about the answer.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from fmdata.errors import FmdataError
from fmdata.files import listing
from fmdata.sql import one_select
from fmdata.tables import read_text

QUERIES = "pipeline/queries"
FILE = "COOKBOOK.md"


def write_cookbook(con: duckdb.DuckDBPyConnection, root: Path, folder: Path) -> None:
    """Write `folder/COOKBOOK.md` with every question of the project, if it asks any; `con` reads the release.

    Raises `FmdataError` for a query that does not run or answers nothing.
    """
    queries = listing(root / QUERIES, ".sql")
    if not queries:
        return
    parts = ["# Cookbook\n\nEvery query here was run against this release; the answer below it is the real one.\n"]
    for path in queries:
        parts.append(_recipe(con, f"{QUERIES}/{path.name}", read_text(root, f"{QUERIES}/{path.name}").strip()))
    (folder / FILE).write_text("\n".join(parts), encoding="utf-8")


def _recipe(con: duckdb.DuckDBPyConnection, file: str, text: str) -> str:
    lines = text.split("\n")
    comments = [line.removeprefix("--").strip() for line in lines if line.startswith("--")]
    sql = "\n".join(line for line in lines if not line.startswith("--")).strip()
    if len(comments) < 2 or not comments[0].endswith("?"):
        raise FmdataError(
            f"{file}: expected two comment lines or more: a question ending in ?, then how it is answered."
        )
    try:
        columns, rows = _answer(con, one_select(sql, file))
    except duckdb.Error as error:
        raise FmdataError(f"{file}: the query does not run. {error}") from None
    if not rows:
        raise FmdataError(f"{file}: the query answers nothing; expected at least one row.")
    words = " ".join(comments[1:])
    return f"## {comments[0]}\n\n{words}\n\n```sql\n{sql}\n```\n\n{markdown_table(columns, rows)}\n"


def _answer(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    result = con.execute(sql)
    return [column[0] for column in result.description], result.fetchall()


def markdown_table(columns: list[str], rows: list[tuple[Any, ...]]) -> str:
    """A Markdown table; a NULL is an empty cell."""
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    lines += ["| " + " | ".join(map(_cell, row)) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: object) -> str:
    return "" if value is None else str(value).replace("|", "\\|").replace("\n", "<br>")
