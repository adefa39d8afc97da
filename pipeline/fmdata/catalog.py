"""What a built release holds, in its own words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fmdata.reader import reading
from fmdata.sql import count, name


@dataclass(frozen=True)
class Table:
    """A table, view or macro: rows are those of a table, None for the others; columns are (name, type, words)."""

    name: str
    words: str
    kind: str
    rows: int | None
    columns: list[tuple[str, str, str]]


def tables(path: Path) -> Iterator[Table]:
    """Every table, view and table macro of a file, told by its own comments, in the order of its dictionary."""
    with reading(path) as con:
        listed = con.execute(
            "SELECT t.name, t.words, t.kind FROM (SELECT table_name AS name, comment AS words, 'table' AS kind "
            "FROM duckdb_tables() UNION ALL SELECT view_name, comment, 'view' FROM duckdb_views() WHERE NOT internal "
            "UNION ALL SELECT function_name, comment, 'macro' FROM duckdb_functions() "
            "WHERE function_type = 'table_macro' AND NOT internal) t "
            "JOIN (SELECT table_name, min(rowid) AS place FROM _dictionary GROUP BY ALL) d ON d.table_name = t.name "
            "ORDER BY d.place"
        ).fetchall()
        for table, words, kind in listed:
            rows = count(con, name(table)) if kind == "table" else None
            columns = con.execute(
                "SELECT column_name, data_type, comment FROM duckdb_columns() WHERE table_name = $1 "
                "UNION ALL SELECT column_name, '', description FROM _dictionary WHERE table_name = $1 AND $2 = 'macro'",
                [table, kind],
            ).fetchall()
            yield Table(table, words or "", kind, rows, [(c, _kind(of), note or "") for c, of, note in columns])


def _kind(kind: str) -> str:
    return "ENUM" if kind.startswith("ENUM(") else kind
