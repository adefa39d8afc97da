"""The synthetic extracts as DuckDB reads them best: by column types given beforehand, nothing guessed."""

from __future__ import annotations

from pathlib import Path

from contract import COLUMNS, KINDS

TYPES = {"kind": "kind", "value": "DOUBLE", "year": "INTEGER", "reviewed": "BOOLEAN"}
RECORDS = {column: TYPES.get(column, "VARCHAR") for column in COLUMNS}
GROUPS = {"group_id": "VARCHAR", "name": "VARCHAR"}
KIND = f"CREATE TYPE kind AS ENUM ({', '.join(repr(kind) for kind in KINDS)})"


def read(path: Path, columns: dict[str, str], options: str = "") -> str:
    """SQL: the rows of a CSV file; `options` are further ones of `read_csv`."""
    return f"""read_csv('{path}', auto_detect = false, header = true, delim = ',', quote = '"', escape = '"',
        new_line = '\\n', strict_mode = true, columns = {columns} {options})"""
