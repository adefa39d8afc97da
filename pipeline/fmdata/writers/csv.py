"""The CSV files of a release: RFC 4180 with LF line ends, UTF-8, rows in the order of their extracts."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from fmdata.contract import Resource
from fmdata.contract.types import write
from fmdata.sql import csv_text, literal, name

DATA = "data"
# Quotes and commas come on top of what a record of an extract may hold.
_MAX_RECORD = 1 << 23


def append_csv(con: duckdb.DuckDBPyConnection, resource: Resource, relation: str, release: Path, scratch: Path) -> None:
    """Add the rows of a relation to the CSV file of a resource, which begins with a header. `scratch` is a folder.

    A blank is the field's first missing value.
    """
    cells = ", ".join(f"{write(field, name(field.name))} AS {name(field.name)}" for field in resource.fields)
    file = release / DATA / f"{resource.name}.csv"
    begun = file.exists()
    part = scratch / f"{resource.name}.part" if begun else file
    # Read without a NULL text, a file keeps "" and blank apart only by quotes, which readers do not: no value is "".
    con.execute(
        f"COPY (SELECT {cells} FROM {relation}) TO {literal(part)} "
        f"(FORMAT csv, HEADER {not begun}, DELIMITER ',', QUOTE '\"', ESCAPE '\"', NULL '')"
    )
    if begun:
        with part.open("rb") as rows, file.open("ab") as whole:
            shutil.copyfileobj(rows, whole, 1 << 20)
        part.unlink()


def published_rows(resource: Resource, release: Path) -> str:
    """SQL: a relation of the published rows of a resource, every cell as text, a blank one NULL."""
    options = f"allow_quoted_nulls = false, max_line_size = {_MAX_RECORD}, buffer_size = {2 * _MAX_RECORD}"
    return csv_text(release / DATA / f"{resource.name}.csv", resource.names(), options)
