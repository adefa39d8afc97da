"""Check this data package with Python alone: python3 verify.py

Every file that SHA256SUMS lists must be there, unchanged, and no other; every table must have the rows and columns that
datapackage.json says. Exit code 0 if all is well, 1 if not.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from pathlib import Path
from typing import Any, Iterator


def main(folder: Path) -> int:
    """Print what is wrong with the package in a folder, or how much was checked; return the exit code."""
    try:
        lines = [line.split("  ", 1) for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines()]
        listed = {name: digest for digest, name in lines}
        tables = json.loads((folder / "datapackage.json").read_text("utf-8"))["resources"]
        faults = list(files(folder, listed)) + [fault for table in tables for fault in rows(folder, table)]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, csv.Error) as error:
        faults = [f"this is not the whole package: {type(error).__name__}: {error}"]
    sound = f"{len(listed)} files, {len(tables)} tables: all as they were released." if not faults else ""
    print(sound or "\n".join(faults), file=sys.stdout if sound else sys.stderr)
    return 1 if faults else 0


def files(folder: Path, listed: dict[str, str]) -> Iterator[str]:
    """Where the files of the folder are not those that are listed."""
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {"SHA256SUMS"}
    there -= {name for name in there if "/" not in name and name.endswith(".zip")}
    for name in sorted(there | set(listed)):
        if name not in listed:
            yield f"{name}: not a file of this release"
        elif name not in there:
            yield f"{name}: missing"
        elif hashlib.sha256((folder / name).read_bytes()).hexdigest() != listed[name]:
            yield f"{name}: changed since its release"


def rows(folder: Path, table: dict[str, Any]) -> Iterator[str]:
    """Where a table has other rows or columns than it should."""
    names = [field["name"] for field in table["schema"]["fields"]]
    csv.field_size_limit(2**31 - 1)
    with (folder / table["path"]).open(encoding="utf-8", newline="") as stream:
        records = csv.reader(stream, strict=True)
        if next(records, None) != names:
            yield f"{table['path']}: its columns are not those of datapackage.json"
        widths = [len(record) for record in records]
    if len(widths) != table["rowCount"]:
        yield f"{table['path']}: {len(widths)} rows; expected {table['rowCount']}"
    if any(max(width, 1) != len(names) for width in widths):  # A blank alone in its row is a blank line.
        yield f"{table['path']}: some rows have more or fewer cells than there are columns"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent))
