"""The Parquet files of a release: each table once more, beside its CSV file, with the types of the contract.

A table is the same bytes each build: rows in the order of the CSV file, row groups of a fixed size, a fixed
compression, and the DuckDB that the lock pins.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from fmdata.contract import Resource
from fmdata.sql import literal
from fmdata.writers.archive import sha256
from fmdata.writers.csv import DATA, published_rows, published_values

PARQUET = "parquet"
"""The end of the files' names, and the property of a resource that tells of its file."""
_WRITTEN = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, ROW_GROUP_SIZE 122880, PARQUET_VERSION v1"


def write_parquet(con: duckdb.DuckDBPyConnection, resource: Resource, folder: Path, into: Path) -> None:
    """Write the rows of `folder/data/<resource>.csv` to `into/data/<resource>.parquet`; a blank is NULL."""
    rows = published_rows(resource, folder)
    con.execute(
        f"COPY (SELECT {published_values(resource)} FROM {rows}) TO {literal(into / path(resource))} ({_WRITTEN})"
    )


def path(resource: Resource) -> str:
    """Where the Parquet file of a table stands in a release."""
    return f"{DATA}/{resource.name}.{PARQUET}"


def describe(resource: Resource, folder: Path) -> dict[str, Any]:
    """What the descriptor says of a table's Parquet file, nothing where there is none.

    It is a property of the table: as a resource of its own the rows would be counted twice, and readers that take
    `bytes` for the size of a text fail on it.
    """
    file = folder / path(resource)
    if not file.is_file():
        return {}
    told = {"path": path(resource), "mediatype": "application/vnd.apache.parquet", "bytes": file.stat().st_size}
    return {PARQUET: {**told, "hash": f"sha256:{sha256(file)}"}}
