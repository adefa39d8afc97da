"""Whole synthetic projects of any size, the same for the same arguments: extracts with or without planted faults.

    python benchmarks/synthetic.py FOLDER ROWS [--faults N] [--folders K] [--seed S]

A row of `records` is about 100 bytes. DuckDB makes the rows from their numbers by hashing, so that nothing but the seed
and the version of DuckDB decides what they are, ten million take seconds, and memory does not grow with them.
"""

from __future__ import annotations

import argparse
import itertools
import json
import shutil
from pathlib import Path

import duckdb
from peers.contract import DOI, GROUPS, KINDS, RULES, VALUE, YEAR

# Half of these have letters beyond ASCII, all in Unicode form NFC; the comma makes a cell that must be quoted.
WORDS = (
    "pain", "müde", "sleep", "naïve", "fibre", "Größe", "nerve", "café", "muscle, striated", "señal", "joint", "œdème",
    "thalamus", "kůže", "serum", "ångström",
)  # fmt: skip
# One rule across columns; peers say the same in their own words.
RULE = '''"""Rules of the synthetic records."""

import polars as pl

from fmdata.checks import row_rule

CHECKS = [
    row_rule(
        "reviewed_has_value",
        ~pl.col("reviewed") | pl.col("value").is_not_null(),
        "expected a value where reviewed is true; fill in the value or set reviewed to false",
    ),
]
'''
# What a row number becomes. h, j: hashes of it; fault: the index of the row's fault in RULES, or NULL.
_CLEAN = {
    "record_id": "printf('r%010d', (i * 7919991113 + {seed}) % 10000000000)",
    "kind": "kinds[1 + h % {kinds}]",
    "value": "CASE WHEN reviewed OR h // 64 % 4 > 0 THEN CAST((j % 10001) / 100 AS VARCHAR) END",
    "year": "CAST(1950 + h // 1024 % 77 AS VARCHAR)",
    "label": "concat_ws(' ', words[1 + j // 16384 % {words}], words[1 + j // 65536 % {words}], "
    "words[1 + j // 262144 % {words}], words[1 + j // 1048576 % {words}])",
    "doi": "CASE WHEN h // 131072 % 8 > 0 THEN printf('10.%d/j.%x', 1000 + j // 16777216 % 9000, j // 4096) END",
    "reviewed": "CAST(reviewed AS VARCHAR)",
    "group_id": "printf('g%04d', h // 1048576 % {groups})",
}
# What each fault makes of its cell; no other rule is broken by it.
_FAULTY = {
    "type": ("year", "'19x4'"),
    "required": ("label", "NULL"),
    "enum": ("kind", "'no_such_kind'"),
    "range": ("value", "'137.25'"),
    "pattern": ("doi", "'doi:10.1000/X'"),
    "primary key": ("record_id", "printf('r%010d', ((i - 1) * 7919991113 + {seed}) % 10000000000)"),
    "foreign key": ("group_id", "'g9999'"),
    "rule": ("value", "NULL"),
}


def write_project(folder: Path, rows: int, faults: int = 0, folders: int = 1, seed: int = 1) -> dict[str, int]:
    """Make a project of `rows` records in `folders` source folders; returns how many faults of each kind are in it.

    Exactly `faults` faults, at most one a row, are spread evenly over the rows and in turn over the kinds.
    """
    if not 0 <= faults <= rows or not 0 < folders <= rows:
        raise ValueError(f"{faults} faults and {folders} folders do not go into {rows} rows")
    (folder / "raw").mkdir(parents=True)
    (folder / "pipeline/rules").mkdir(parents=True)
    (folder / "pipeline/rules/records.py").write_text(RULE, encoding="utf-8")
    (folder / "datapackage.json").write_text(json.dumps(_descriptor(), indent=2), encoding="utf-8")
    (folder / "LICENSE").write_text("CC0 1.0 Universal\n", encoding="utf-8")
    (folder / "CHANGELOG.md").write_text("# Changelog\n\n## 0.1.0\n\nMade up.\n", encoding="utf-8")
    _write_groups(folder / "raw/groups.csv")
    _write_records(folder / "raw/records.csv", rows, faults, seed)
    if folders > 1:
        _deal(folder / "raw", rows, folders)
    return {rule: len(range(index, faults, len(RULES))) for index, rule in enumerate(RULES)}


def _descriptor() -> dict[str, object]:
    return {
        "name": "synthetic",
        "title": "Synthetic records",
        "version": "0.1.0",
        "description": "Rows without a meaning, to measure with.",
        "licenses": [{"name": "CC0-1.0"}],
        "contributors": [{"title": "Nobody"}],
        "resources": [_resource("groups", _groups()), _resource("records", _records())],
    }


def _resource(name: str, schema: dict[str, object]) -> dict[str, object]:
    words = {"title": name.capitalize(), "description": f"The {name} of a synthetic project."}
    return {"name": name, "path": f"dist/latest/data/{name}.csv", **words, "schema": schema}


def _groups() -> dict[str, object]:
    return {
        "fields": [_field("group_id", "string"), _field("name", "string", required=True)],
        "primaryKey": "group_id",
    }


def _records() -> dict[str, object]:
    return {
        "fields": [
            _field("record_id", "string"),
            _field("kind", "string", required=True, enum=list(KINDS)),
            _field("value", "number", minimum=VALUE[0], maximum=VALUE[1]),
            _field("year", "integer", required=True, minimum=YEAR[0], maximum=YEAR[1]),
            _field("label", "string", required=True),
            _field("doi", "string", pattern=DOI),
            _field("reviewed", "boolean", required=True),
            _field("group_id", "string", required=True),
        ],
        "primaryKey": "record_id",
        "foreignKeys": [{"fields": "group_id", "reference": {"resource": "groups", "fields": "group_id"}}],
    }


def _field(name: str, kind: str, **constraints: object) -> dict[str, object]:
    described = {"name": name, "type": kind, "title": name, "description": f"The {name} of the row."}
    return described | ({"constraints": constraints} if constraints else {})


def _write_groups(path: Path) -> None:
    lines = [f"g{number:04d},group {number}\n" for number in range(GROUPS)]
    path.write_text("group_id,name\n" + "".join(lines), encoding="utf-8")


def _write_records(path: Path, rows: int, faults: int, seed: int) -> None:
    """Row i has the fault number i * faults // rows where that number is another one for the next row."""
    numbers = {"seed": seed, "kinds": len(KINDS), "words": len(WORDS), "groups": GROUPS}
    cells = dict(_CLEAN)
    for index, (column, cell) in enumerate(_FAULTY.values()):
        cells[column] = f"CASE WHEN fault = {index} THEN {cell} ELSE {cells[column]} END"
    chosen = ", ".join(f"{cell.format(**numbers)} AS {column}" for column, cell in cells.items())
    number, following = f"i * {faults} // {rows}", f"(i + 1) * {faults} // {rows}"
    rule = list(RULES).index("rule")
    with duckdb.connect() as con:
        con.execute("SET VARIABLE kinds = ?", [list(KINDS)])
        con.execute("SET VARIABLE words = ?", [list(WORDS)])
        con.execute(f"""
            COPY (
                SELECT {chosen} FROM (
                    SELECT *, getvariable('kinds') AS kinds, getvariable('words') AS words,
                        h // 16 % 4 = 0 OR fault IS NOT DISTINCT FROM {rule} AS reviewed
                    FROM (
                        SELECT i, CAST(hash({seed}, i) // 2 AS BIGINT) AS h, CAST(hash(i, {seed}) // 2 AS BIGINT) AS j,
                            CASE WHEN {number} < {following} THEN {number} % {len(RULES)} END AS fault
                        FROM range({rows}) AS numbers(i)
                    )
                )
            ) TO '{path}' (FORMAT csv, HEADER true)
        """)


def _deal(raw: Path, rows: int, folders: int) -> None:
    """Part raw/records.csv into raw/<folder>/records.csv, one record a line, in order and as evenly as it goes."""
    with (raw / "records.csv").open("rb") as stream:
        header = stream.readline()
        for number in range(folders):
            size = (number + 1) * rows // folders - number * rows // folders
            part = raw / f"f{number:05d}"
            part.mkdir()
            (part / "records.csv").write_bytes(header + b"".join(itertools.islice(stream, size)))
    (raw / "records.csv").unlink()


def main() -> None:
    """Make a project anew and print the faults planted in it."""
    parser = argparse.ArgumentParser(description="Make a synthetic project.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("rows", type=int)
    for option, default in (("--faults", 0), ("--folders", 1), ("--seed", 1)):
        parser.add_argument(option, type=int, default=default)
    given = parser.parse_args()
    shutil.rmtree(given.folder / "raw", ignore_errors=True)
    shutil.rmtree(given.folder / "pipeline", ignore_errors=True)
    print(json.dumps(write_project(given.folder, given.rows, given.faults, given.folders, given.seed)))


if __name__ == "__main__":
    main()
