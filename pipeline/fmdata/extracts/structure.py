"""The records of an extract that have too few or too many cells, named by DuckDB's strict CSV reader."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import duckdb

from fmdata.contract import Resource
from fmdata.errors import Failure, FmdataError
from fmdata.extracts.columnar import PARQUET, row_at
from fmdata.extracts.gate import MAX_LINE
from fmdata.sql import csv_text

# The most bytes of a record, which may have many lines.
MAX_RECORD = 2 * MAX_LINE
# More than this many records of one file that are no records say no more.
_MOST = 100_000
_WORDS = {
    "MISSING COLUMNS": ("the row has too few cells", "Add the missing commas or cells"),
    "TOO MANY COLUMNS": ("the row has too many cells", "Put a cell that holds a comma in double quotes"),
    "UNQUOTED VALUE": ("a quote that is not closed or stands inside a cell", 'Quote the cell, double each " inside it'),
    "LINE SIZE OVER MAXIMUM": ("the line is too long", "Is a closing quote missing?"),
}


def check_structure(con: duckdb.DuckDBPyConnection, text: Path, file: str, resource: Resource) -> list[Failure]:
    """The records of `file`, whose text is CSV, that cannot be read as rows of `resource`, each with its line."""
    options = f"null_padding = false, max_line_size = {MAX_RECORD}, store_rejects = true, rejects_limit = {_MOST}"
    try:
        con.execute(f"SELECT count(*) FROM {csv_text(text, resource.names(), options)}").fetchall()
    except duckdb.Error as error:
        raise FmdataError(f"{file}: cannot be read as CSV ({error}).") from None
    rows = con.execute(
        "SELECT DISTINCT line_byte_position, error_type, error_message FROM reject_errors ORDER BY ALL"
    ).fetchall()
    con.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
    told = [
        (line, kind, message) for (_, kind, message), line in zip(rows, _lines(text, [r[0] for r in rows]), strict=True)
    ]
    told += [(line, "TOO MANY COLUMNS", "") for line in _commas_at_end(text, len(resource.fields))]
    failures = []
    width = f"{len(resource.fields)} cells: " + ",".join(resource.names())
    for line, kind, message in told:
        found, advice = _WORDS.get(kind, (message, ""))
        place = row_at(text, line) if file.endswith(PARQUET) else line
        failures.append(Failure(file, place, 0, resource.name, "", kind.lower(), found, width, advice))
    return failures


def _commas_at_end(text: Path, width: int) -> Iterator[int]:
    """The lines of records with one blank cell too many, which DuckDB's reader lets pass."""
    with text.open(encoding="utf-8", newline="") as stream, suppress(csv.Error):
        records, line = csv.reader(stream), 1
        for record in records:
            if len(record) == width + 1 and not record[-1]:
                yield line
            line = records.line_num + 1


def _lines(path: Path, positions: list[int]) -> Iterator[int]:
    """The physical line at which each rejected record begins: DuckDB counts records, a person counts lines."""
    with path.open("rb") as stream:
        line, read = 1, 0
        for position, group in itertools.groupby(positions):
            line += stream.read(max(position - 1 - read, 0)).count(b"\n")
            read = max(position - 1, read)
            yield from (line for _ in group)
