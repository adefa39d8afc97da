"""Whether the Parquet files of a release, where it has any, are what its descriptor and its CSV files say."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from fmdata.contract import Package, Resource
from fmdata.contract.types import carried
from fmdata.sql import Room, connect, path_literal
from fmdata.verify_database import Fingerprint, differing_rows
from fmdata.writers.csv import DATA
from fmdata.writers.parquet import PARQUET, describe, path


def verify_parquet(
    folder: Path, package: Package, counts: dict[str, int], in_csv: dict[str, Fingerprint], room: Room
) -> list[str]:
    """Every way in which they differ: a file that is there or told of alone, its hash, columns, rows and values."""
    there = sorted(file.relative_to(folder).as_posix() for file in (folder / DATA).glob(f"*.{PARQUET}"))
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    told = {resource["name"]: resource[PARQUET] for resource in descriptor["resources"] if PARQUET in resource}
    if not there and not told:
        return []
    if there != sorted(map(path, package)):
        return [f"{DATA}: it does not hold a Parquet file for each table"]
    faults = []
    with connect(room) as con:
        for resource in package:
            if told.get(resource.name) != describe(resource, folder)[PARQUET]:
                faults.append(f"datapackage.json: what it says of {path(resource)} is not so")
            try:
                faults += _differences(con, folder, resource, counts[resource.name], in_csv[resource.name])
            except duckdb.Error as error:
                faults.append(f"{path(resource)}: cannot be read ({str(error).splitlines()[0]})")
    return faults


def _differences(
    con: duckdb.DuckDBPyConnection, folder: Path, resource: Resource, rows: int, csv_rows: Fingerprint
) -> list[str]:
    relation = f"read_parquet({path_literal(folder / path(resource))}, hive_partitioning = false)"
    columns = [row[:2] for row in con.execute(f"DESCRIBE FROM {relation}").fetchall()]
    if columns != [(field.name, carried(field)) for field in resource.fields]:
        return [f"{path(resource)}: its columns are not the contract's"]
    return differing_rows(con, folder, resource, rows, csv_rows, relation, "Parquet")
