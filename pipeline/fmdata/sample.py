"""What frictionless reads of a release: all of a small table, a seeded sample of a large one, every row of which is
counted by a reader that shares nothing with the one that wrote it but Python's bytes.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import polars as pl

from fmdata.contract import Package, Resource
from fmdata.errors import FmdataError
from fmdata.extracts.blocks import read_blocks
from fmdata.extracts.frames import text_of
from fmdata.writers.csv import DATA
from fmdata.writers.remarks import sampled

_SEED = 20240908


def write_sample(package: Package, folder: Path, counts: dict[str, int], target: Path) -> dict[str, int]:
    """Make the package at `target` from that at `folder`: the same but for samples of its large tables.

    Returns the rows of each table in it. Raises `FmdataError` for a large table that is no sound CSV, or has other many
    rows than it should.
    """
    large = sampled(package, counts)
    (target / DATA).mkdir(parents=True)
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    rows = dict(counts)
    for resource, described in zip(package, descriptor["resources"], strict=True):
        file = Path(DATA, f"{resource.name}.csv")
        if resource.name in large:
            rows[resource.name] = _write_rows(package, resource, folder, counts[resource.name], target / file)
            for measure in ("bytes", "hash", "rowCount"):
                described.pop(measure)
        else:
            (target / file).symlink_to(folder / file)
        _cut_keys(described["schema"], resource, large)
    (target / "datapackage.json").write_text(json.dumps(descriptor, ensure_ascii=False), encoding="utf-8")
    return rows


def _cut_keys(schema: dict[str, Any], resource: Resource, large: list[str]) -> None:
    """Take out the foreign keys that lead into a sample, where most rows are missing."""
    kept = [
        described
        for described, key in zip(schema.get("foreignKeys", []), resource.foreign_keys, strict=True)
        if key.resource not in large
    ]
    schema.pop("foreignKeys", None)
    if kept:
        schema["foreignKeys"] = kept


def _write_rows(package: Package, resource: Resource, folder: Path, rows: int, target: Path) -> int:
    """Write a sample of a table; returns its rows. The whole of the table is read and counted."""
    file = f"{DATA}/{resource.name}.csv"
    share = package.limits.validation / rows
    chance = random.Random(_SEED)
    doubted: list[str] = []
    chosen: list[pl.DataFrame] = []
    counted = 0
    for parts in read_blocks({file: folder / file}, resource.names(), doubted):
        for part in parts:
            breaks = part.breaks()
            # Where cells have line feeds, it is not plain where a record begins.
            body = part.body if breaks else _window(part.body, 4 * share, chance)
            text = text_of(body, resource.names())
            wanted = min(len(text), round((part.feeds - breaks) * share))
            chosen.append(text.sample(n=wanted, seed=chance.randrange(2**32)))
            counted += part.feeds - breaks
    if doubted or counted != rows:
        found = "no sound CSV" if doubted else f"{counted:,} rows where {rows:,} were written"
        raise FmdataError(f"{file}: the release holds {found}; nothing was published. The disk may be failing.")
    sample = pl.concat(chosen)
    # A blank is no empty text in quotes, but where it is all there is: then it would be a blank line.
    blank = pl.all() != "" if len(resource.fields) > 1 else pl.lit(value=True)
    sample.select(pl.when(blank).then(pl.all())).write_csv(target)
    return len(sample)


def _window(body: bytes, share: float, chance: random.Random) -> bytes:
    """About that share of some lines, from a place left to chance on."""
    if share >= 1:
        return body
    length = int(len(body) * share)
    start = body.rfind(b"\n", 0, chance.randrange(len(body) - length)) + 1
    return body[start : body.find(b"\n", start + length) + 1]
