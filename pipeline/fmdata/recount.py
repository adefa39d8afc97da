"""The published CSV files read once more: rows counted, fingerprints taken, samples drawn of the large ones.

What reads them shares nothing with what wrote them but the file.
"""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from fmdata.contract import Package, Resource
from fmdata.exchange import scanned
from fmdata.verify_database import NOTHING, Fingerprint, fingerprint
from fmdata.writers.csv import DATA, published_values
from fmdata.writers.remarks import sampled

_SEED = 20240908


class Recount:
    """What there is in the CSV files of a release, whose rows should be `counts`; `con` is of use for nothing else.

    The number of a table's rows must be there when the first of them is looked at.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, package: Package, counts: dict[str, int]) -> None:
        self._con, self._package, self._counts = con, package, counts
        self._chance = random.Random(_SEED)
        # As CSV text: rows drawn from a frame would keep all of it in memory.
        self._samples: defaultdict[str, list[str]] = defaultdict(list)
        self._drawn: Counter[str] = Counter()
        self.fingerprints: dict[str, Fingerprint] = {resource.name: NOTHING for resource in package}

    def look(self, resource: Resource, rows: pl.DataFrame) -> None:
        """Take account of the next rows of a table, every cell as text, a blank one null."""
        with scanned(self._con, "_rows", rows):
            found = fingerprint(self._con, resource, f"(SELECT {published_values(resource)} FROM _rows)")
        count, total = self.fingerprints[resource.name]
        self.fingerprints[resource.name] = count + found[0], total + found[1]
        if self._counts[resource.name] > self._package.limits.validation:
            wanted = round(len(rows) * self._package.limits.validation / self._counts[resource.name])
            drawn = rows.sample(n=min(wanted, len(rows)), seed=self._chance.randrange(2**32))
            # A blank that is all there is in a row would be a blank line.
            drawn = drawn.fill_null("") if len(resource.fields) == 1 else drawn
            self._samples[resource.name].append(drawn.write_csv(include_header=not self._drawn[resource.name]))
            self._drawn[resource.name] += len(drawn)

    def write_sample(self, folder: Path, target: Path) -> dict[str, int]:
        """Make the package at `target` from that at `folder`: the same but for samples of its large tables.

        Returns the rows of each table in it.
        """
        (target / DATA).mkdir(parents=True)
        large = sampled(self._package, self._counts)
        descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        for resource, described in zip(self._package, descriptor["resources"], strict=True):
            file = Path(DATA, f"{resource.name}.csv")
            if resource.name in large:
                (target / file).write_text("".join(self._samples[resource.name]), encoding="utf-8", newline="")
                for measure in ("bytes", "hash", "rowCount"):
                    described.pop(measure)
            else:
                (target / file).symlink_to((folder / file).absolute())
            _cut_keys(described["schema"], resource, large)
        (target / "datapackage.json").write_text(json.dumps(descriptor, ensure_ascii=False), encoding="utf-8")
        return {**self._counts, **{table: self._drawn[table] for table in large}}


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
