"""The CSV files of a release: RFC 4180 with LF line ends, UTF-8, rows in the order of their extracts."""

from __future__ import annotations

from pathlib import Path

import duckdb

from fmdata.contract import Resource
from fmdata.contract.types import write
from fmdata.sql import literal, name

DATA = "data"
# Quotes and commas come on top of what a record of an extract may hold.
_MAX_RECORD = 1 << 23


def write_csv(con: duckdb.DuckDBPyConnection, resource: Resource, folder: Path) -> None:
    """Write `main.<resource>` to `folder/<resource>.csv`. A blank is the field's first missing value."""
    cells = ", ".join(f"{write(field, name(field.name))} AS {name(field.name)}" for field in resource.fields)
    # Read without a NULL text, a file keeps "" and blank apart only by quotes, which readers do not: no value is "".
    con.execute(
        f"COPY (SELECT {cells} FROM main.{name(resource.name)}) "
        f"TO {literal(folder / f'{resource.name}.csv')} "
        "(FORMAT csv, HEADER true, DELIMITER ',', QUOTE '\"', ESCAPE '\"', NULL '')"
    )


def published_rows(resource: Resource, release: Path) -> str:
    """SQL: a relation of the published rows of a resource, every cell as text, a blank one NULL."""
    columns = ", ".join(f"{literal(f.name)}: 'VARCHAR'" for f in resource.fields)
    return (
        f"read_csv({literal(release / DATA / f'{resource.name}.csv')}, columns = {{{columns}}}, auto_detect = false, "
        "header = true, delim = ',', quote = '\"', escape = '\"', new_line = '\\n', strict_mode = true, "
        f"allow_quoted_nulls = false, max_line_size = {_MAX_RECORD})"
    )
