"""What a build cannot do without: the extracts into a constrained table file and an ordered CSV file, unchecked.

The tables have the types, NOT NULL, CHECK and ENUM of the contract. There are no keys on disk above a million rows, as
in a release of ours. DuckDB's defaults otherwise: its threads, its storage, its compression.
"""

from __future__ import annotations

import shutil

import duckdb
from contract import DOI, REQUIRED, VALUE, YEAR, project
from extracts import GROUPS, KIND, RECORDS, read

# A million rows are a little less than this, in bytes; counting them would cost the peer time.
KEYED_UP_TO = 100_000_000
CHECKS = {
    "value": f"CHECK (value BETWEEN {VALUE[0]} AND {VALUE[1]})",
    "year": f"CHECK (year BETWEEN {YEAR[0]} AND {YEAR[1]})",
    "doi": f"CHECK (regexp_full_match(doi, '{DOI}'))",
}


def main() -> None:
    """Build the project that the command line names, in its folder `bare`."""
    records, groups = project()
    folder = records.parent.parent / "bare"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    keyed = records.stat().st_size <= KEYED_UP_TO
    link = ", FOREIGN KEY (group_id) REFERENCES groups (group_id)" if keyed else ""
    columns = ", ".join(
        f"{column} {kind} {'NOT NULL' * (column in REQUIRED)} {CHECKS.get(column, '')}"
        for column, kind in RECORDS.items()
    )
    with duckdb.connect(str(folder / "bare.duckdb")) as con:
        con.execute(KIND)
        con.execute("CREATE TABLE groups (group_id VARCHAR PRIMARY KEY, name VARCHAR NOT NULL)")
        con.execute(f"CREATE TABLE records ({columns} {link})")
        con.execute(f"INSERT INTO groups FROM {read(groups, GROUPS)}")
        con.execute(f"INSERT INTO records FROM {read(records, RECORDS)}")
        if keyed:
            con.execute("ALTER TABLE records ADD PRIMARY KEY (record_id)")
        con.execute(f"COPY groups TO '{folder / 'groups.csv'}' (FORMAT csv, HEADER true)")
        con.execute(f"COPY records TO '{folder / 'records.csv'}' (FORMAT csv, HEADER true)")


if __name__ == "__main__":
    main()
