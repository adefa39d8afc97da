"""Small releases of a test's own, written without the engine: descriptor, CSV files, and sums that are right."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from fmdata.history import Difference, Minimum, at_folder, difference, minimum

# The rows of a table: a cell that is None is blank.
Rows = list[list[str | None]]


def field(name: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, **more}


def table(name: str, fields: list[dict[str, Any]], rows: Rows, key: Any = (), **more: Any) -> dict[str, Any]:
    """A table: its resource descriptor, and its rows under "rows". What is no resource's word goes into the schema."""
    words = {word: more.pop(word) for word in list(more) if word in ("title", "description", "generated", "role")}
    schema = {"fields": fields, **({"primaryKey": key} if key else {}), **more}
    return {"name": name, **words, "schema": schema, "rows": rows}


def release(folder: Path, tables: list[dict[str, Any]], version: str = "1.0.0", **package: Any) -> Path:
    """Write a release of some tables to a new folder."""
    (folder / "data").mkdir(parents=True)
    resources, sums = [], []
    for one in tables:
        resource = {word: value for word, value in one.items() if word != "rows"}
        body = text([[own["name"] for own in resource["schema"]["fields"]], *one["rows"]]).encode()
        (folder / "data" / f"{one['name']}.csv").write_bytes(body)
        sha = hashlib.sha256(body).hexdigest()
        sums.append(f"{sha}  data/{one['name']}.csv\n")
        told = {"path": f"data/{one['name']}.csv", "hash": f"sha256:{sha}", "rowCount": len(one["rows"])}
        resources.append({**resource, **told})
    descriptor = {
        "name": "trees",
        "title": "Trees",
        "version": version,
        "licenses": [{"name": "CC0-1.0"}],
        "contributors": [{"title": "Somebody"}],
        "contentHash": f"sha256:{hashlib.sha256(''.join(sorted(sums)).encode()).hexdigest()}",
        **package,
        "resources": resources,
    }
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    return folder


def text(rows: Rows) -> str:
    """CSV as releases have it: a blank is empty, a text without characters is quoted."""
    return "".join(",".join("" if cell is None else quoted(cell) for cell in row) + "\n" for row in rows)


def quoted(cell: str) -> str:
    plain = cell and not set(cell) & set('",\n\r')
    return cell if plain else '"' + cell.replace('"', '""') + '"'


def packed(folder: Path, file: Path, top: str = "trees-1.0.0") -> Path:
    """The zip of a release."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, f"{top}/{path.relative_to(folder).as_posix()}")
    return file


@contextmanager
def compared(old: Path, new: Path) -> Iterator[Difference]:
    with duckdb.connect() as con:
        yield difference(con, at_folder(old, "old"), at_folder(new, "new"))


def weighed(old: Path, new: Path) -> Minimum:
    """The least version that the difference of two releases demands."""
    with compared(old, new) as found:
        return minimum(found.old.version, found)
