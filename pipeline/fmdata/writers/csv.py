"""The CSV files of a release: RFC 4180 with LF line ends, UTF-8, rows in the order of their extracts."""

from __future__ import annotations

from pathlib import Path

import duckdb

from fmdata.contract import Resource
from fmdata.contract.types import write
from fmdata.sql import literal, name


def write_csv(con: duckdb.DuckDBPyConnection, resource: Resource, folder: Path) -> None:
    """Write `main.<resource>` to `folder/<resource>.csv`. A blank is the field's first missing value."""
    cells = ", ".join(f"{write(field, name(field.name))} AS {name(field.name)}" for field in resource.fields)
    # Read without a NULL text, a file keeps "" and blank apart only by quotes, which readers do not: no value is "".
    con.execute(
        f"COPY (SELECT {cells} FROM main.{name(resource.name)}) "
        f"TO {literal(folder / f'{resource.name}.csv')} "
        "(FORMAT csv, HEADER true, DELIMITER ',', QUOTE '\"', ESCAPE '\"', NULL '')"
    )
