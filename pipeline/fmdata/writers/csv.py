"""The CSV files of a release: RFC 4180 with LF line ends, UTF-8, rows in the order of their extracts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl

from fmdata.ahead import ahead
from fmdata.contract import Resource
from fmdata.contract.types import carried, published, write
from fmdata.errors import FmdataError
from fmdata.extracts import read_blocks
from fmdata.extracts.frames import text_of
from fmdata.sql import csv_text, literal, name

DATA = "data"
# Quotes and commas come on top of what a record of an extract may hold.
_MAX_RECORD = 1 << 23
# A part of a table: two of DuckDB's row groups, which it loads fastest, or fewer where rows are long.
_PART_ROWS, _PART_BYTES = 245_760, 1 << 25


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


def published_values(resource: Resource) -> str:
    """SQL: the typed values of published rows."""
    return ", ".join(f"CAST({published(f, name(f.name))} AS {carried(f)}) AS {name(f.name)}" for f in resource.fields)


def published_parts(resource: Resource, release: Path, rows: int) -> Iterator[pl.DataFrame]:
    """The published rows of a resource, of which there are so many, in parts; every cell is text, a blank one null.

    The parts are the same for the same file. Raises `FmdataError` for a file that is no sound CSV.
    """
    file = release / DATA / f"{resource.name}.csv"
    size = max(min(_PART_ROWS, _PART_BYTES * rows // file.stat().st_size), 1)
    # A field whose first missing value is another text has no blanks in its column.
    never = [f.name for f in resource.fields if f.missing_values and f.missing_values[0]]
    cells = [pl.col(field).fill_null("") for field in never]
    left = pl.DataFrame(schema=dict.fromkeys(resource.names(), pl.String))
    texts = _texts(resource, file)
    for text in ahead(texts) if file.stat().st_size > _PART_BYTES else texts:
        left = pl.concat([left, text.with_columns(cells)])
        while len(left) >= size:
            yield left[:size]
            left = left[size:]
    if len(left):
        yield left


def _texts(resource: Resource, file: Path) -> Iterator[pl.DataFrame]:
    doubted: list[str] = []
    for parts in read_blocks({file.name: file}, resource.names(), doubted, _MAX_RECORD):
        for part in parts:
            yield text_of(part.body, resource.names(), part.quotes_nothing())
    if doubted:
        found = f"no sound CSV, or a line of more than {_MAX_RECORD:,} bytes; expected shorter ones"
        raise FmdataError(f"{DATA}/{file.name}: the release holds {found}. Nothing was published.")
