"""The `datapackage.json` of a release: the contract, with each file's path, size, hash and row count."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from fmdata.contract import Package
from fmdata.writers.archive import digests
from fmdata.writers.csv import DATA
from fmdata.writers.parquet import describe


def content_hash(hashes: dict[str, str]) -> str:
    """SHA-256 over the lines `<sha256>  data/<table>.csv` of every table, sorted by name: equal means equal data.

    `hashes` are those of the CSV files, by file.
    """
    lines = sorted(f"{digest}  {file}\n" for file, digest in hashes.items())
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def described(package: Package, content: str) -> dict[str, Any]:
    """What the descriptor of a release says of the whole, its `content` hash among it; its tables are added to it."""
    # Without a profile, readers fall back on version 1, which knows fewer constraints.
    profile = "https://datapackage.org/profiles/2.0/datapackage.json"
    return {"$schema": profile, **package.descriptor, "contentHash": f"sha256:{content}", "resources": []}


def write_descriptor(package: Package, folder: Path, counts: dict[str, int]) -> dict[str, str]:
    """Write `folder/datapackage.json` for the CSV files that stand in `folder/data/`; returns their SHA-256."""
    hashes = digests(folder, (f"{DATA}/{resource.name}.csv" for resource in package))
    descriptor = described(package, content_hash(hashes))
    for resource in package:
        file = f"{DATA}/{resource.name}.csv"
        published = {
            **resource.descriptor,
            "schema": published_schema(resource.descriptor["schema"]),
            "path": file,
            # R's frictionless reads the older profile word; frictionless would guess the delimiter without a dialect.
            "type": "table",
            "profile": "tabular-data-resource",
            "scheme": "file",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "dialect": {"header": True, "delimiter": ",", "quoteChar": '"', "doubleQuote": True},
            "bytes": (folder / file).stat().st_size,
            "hash": f"sha256:{hashes[file]}",
            "rowCount": counts[resource.name],
            **describe(resource, folder),
        }
        descriptor["resources"].append(published)
    text = json.dumps(descriptor, ensure_ascii=False, indent=2, allow_nan=False)
    (folder / "datapackage.json").write_text(text + "\n", encoding="utf-8")
    return hashes


def published_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without what only a build can follow: the names of columns that are not published."""
    fields = [
        {word: value for word, value in field.items() if word not in ("asWritten", "passage") or value[0] != "_"}
        for field in schema["fields"]
    ]
    return {**schema, "fields": fields}
