"""All that fmdata asks of an extract, in hand-written DuckDB SQL.

It is more than `duckdb_sql` counts, which takes on trust that a text holds no control character and is in Unicode form
NFC, that a spreadsheet takes none for a formula, and that a number, a year and a truth value are written as the
specification has them (DuckDB's reader takes 5.5 for the year 6 and 1e3 for 1000). One scan of the file as text, all
counts in one SELECT. Bare quotes and line ends are left out: SQL does not see them.
"""

from __future__ import annotations

import duckdb
import duckdb_sql
from contract import COLUMNS, KINDS, VALUE, YEAR, project, tell
from extracts import GROUPS, read

TEXTS = ("record_id", "kind", "label", "doi", "group_id")
TOGETHER = f"concat_ws(' ', {', '.join(COLUMNS)})"
NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
TRUTHS = "('true', 'True', 'TRUE', '1', 'false', 'False', 'FALSE', '0')"
UNSOUND = (
    f"NOT regexp_full_match(value, '{NUMBER}')",
    "NOT regexp_full_match(year, '[+-]?[0-9]+')",
    f"reviewed NOT IN {TRUTHS}",
    rf"regexp_matches({TOGETHER}, '[\x00-\x08\x0b-\x1f\x7f-\x{{9f}}]')",
    f"nfc_normalize({TOGETHER}) <> {TOGETHER}",
    *(f"{text}[1] IN ('=', '+', '-', '@', chr(9))" for text in TEXTS),
)
NUMERIC, YEARS = "TRY_CAST(value AS DOUBLE)", "TRY_CAST(year AS BIGINT)"
COUNTS = {
    **duckdb_sql.COUNTS,
    "type": f"count(*) FILTER ({' OR '.join(f'coalesce({broken}, false)' for broken in UNSOUND)})",
    "enum": f"count(*) FILTER (kind NOT IN {KINDS})",
    "range": f"count(*) FILTER ({NUMERIC} NOT BETWEEN {VALUE[0]} AND {VALUE[1]} "
    f"OR {YEARS} NOT BETWEEN {YEAR[0]} AND {YEAR[1]})",
    "rule": "count(*) FILTER (reviewed = 'true' AND value IS NULL)",
}


def main() -> None:
    """Check the project that the command line names."""
    records, groups = project()
    with duckdb.connect() as con:
        # DuckDB 2.0 pushes TRY_CAST into the reader, which then throws.
        con.execute("SET disabled_optimizers = 'type_pushdown'")
        con.execute(f"CREATE TABLE groups AS FROM {read(groups, GROUPS)}")
        source = read(records, dict.fromkeys(COLUMNS, "VARCHAR"))
        row = con.execute(f"SELECT {', '.join(COUNTS.values())} FROM {source}").fetchall()[0]
        tell(dict(zip(COUNTS, row, strict=True)))


if __name__ == "__main__":
    main()
