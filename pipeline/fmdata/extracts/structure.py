"""Rows of extracts as text in DuckDB, each with its file, physical line and folder."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb

from fmdata.contract import Resource
from fmdata.errors import Failure, FmdataError
from fmdata.extracts.discover import RAW, Extract
from fmdata.extracts.gate import MAX_LINE
from fmdata.sql import literal, name

_WORDS = {
    "MISSING COLUMNS": ("the row has too few cells", "Add the missing commas or cells"),
    "TOO MANY COLUMNS": ("the row has too many cells", "Put a cell that holds a comma in double quotes"),
    "UNQUOTED VALUE": ("a quote that is not closed or stands inside a cell", 'Quote the cell, double each " inside it'),
    "LINE SIZE OVER MAXIMUM": ("the line is too long", "Is a closing quote missing?"),
}


def stage(con: duckdb.DuckDBPyConnection, root: Path, extract: Extract) -> list[Failure]:
    """Make the table `text.<resource>`: one row a record, in the order of files and lines.

    Columns: the resource's fields as text (NULL: blank), `_file` (path from the root), `_line` (physical line, 1-based)
    and `_folder` (the folder under raw/, NULL for none). Returns the records that could not be read.
    """
    columns = ", ".join(f"{literal(f.name)}: 'VARCHAR'" for f in extract.resource.fields)
    files = ", ".join(literal(_exactly(root / file)) for file in extract.files)
    breaks = " + ".join(
        f"coalesce(length({name(f.name)}) - length(replace({name(f.name)}, chr(10), '')), 0)"
        for f in extract.resource.fields
    )
    cells = ", ".join(
        name(f.name) if "" in f.missing_values else f"coalesce({name(f.name)}, '') AS {name(f.name)}"
        for f in extract.resource.fields
    )
    try:
        con.execute(f"""
            CREATE TEMP TABLE staged AS
            SELECT *, {breaks} AS _breaks FROM read_csv([{files}], columns = {{{columns}}}, auto_detect = false,
                header = true, delim = ',', quote = '"', escape = '"', new_line = '\\n', strict_mode = true,
                null_padding = false, max_line_size = {2 * MAX_LINE}, filename = '_path', store_rejects = true)
        """)
    except duckdb.Error as error:
        raise FmdataError(f"{', '.join(extract.files)}: cannot be read as CSV ({error}).") from None
    failures = _rejects(con, root, extract)
    # A record's physical line: the header, the records before it, and the line breaks inside their cells.
    con.execute(f"""
        CREATE TABLE text.{name(extract.resource.name)} AS
        SELECT {cells}, _path[{len(str(root)) + 2}:] AS _file,
            CAST(1 + row_number() OVER file + sum(_breaks) OVER file - _breaks AS BIGINT) AS _line,
            CASE WHEN _file LIKE '{RAW}/%/%' THEN split_part(_file, '/', 2) END AS _folder
        FROM staged WINDOW file AS (PARTITION BY _path ORDER BY rowid) ORDER BY _file, _line
    """)
    con.execute("DROP TABLE staged; DROP TABLE reject_errors; DROP TABLE reject_scans")
    return failures


def stage_empty(con: duckdb.DuckDBPyConnection, resource: Resource) -> None:
    """Make the table `text.<resource>` without a row, its columns as `stage` makes them."""
    columns = ", ".join(f"{name(field)} VARCHAR" for field in [*resource.names(), "_file"])
    con.execute(f"CREATE TABLE text.{name(resource.name)} ({columns}, _line BIGINT, _folder VARCHAR)")


def _rejects(con: duckdb.DuckDBPyConnection, root: Path, extract: Extract) -> list[Failure]:
    rows = con.execute(
        "SELECT DISTINCT file_path, line_byte_position, error_type, error_message FROM reject_errors "
        "JOIN reject_scans USING (scan_id, file_id) ORDER BY ALL"
    ).fetchall()
    failures = []
    for (path, kind, message), line in zip([(r[0], *r[2:]) for r in rows], _lines(rows), strict=True):
        found, advice = _WORDS.get(kind, (message, ""))
        file = Path(path).relative_to(root).as_posix()
        width = f"{len(extract.resource.fields)} cells: " + ",".join(extract.resource.names())
        failures.append(Failure(file, line, 0, extract.resource.name, "", kind.lower(), found, width, advice))
    return failures


def _lines(rejects: list[tuple[str, int, str, str]]) -> Iterator[int]:
    """The physical line at which each rejected record begins: DuckDB counts records, a person counts lines."""
    for path, group in itertools.groupby(rejects, key=lambda reject: reject[0]):
        line, read = 1, 0
        with Path(path).open("rb") as stream:
            for _, position, *_ in group:
                line += stream.read(max(position - 1 - read, 0)).count(b"\n")
                read = max(position - 1, read)
                yield line


def _exactly(path: Path) -> str:
    """A path in which DuckDB sees no wildcards."""
    return re.sub(r"([\[*?])", r"[\1]", str(path))
