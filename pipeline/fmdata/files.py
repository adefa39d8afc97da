"""Looking into folders so that nothing is overlooked: what cannot be read is an error, not an empty list."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

# Where failures go that are too many to show.
REPORT = "dist/failures.csv"


def forget_report(root: Path) -> None:
    """Take away the list of failures of an earlier run, if it can be; a run of now says whether it holds."""
    with suppress(OSError):
        (root / REPORT).unlink()


def listing(folder: Path, suffix: str) -> list[Path]:
    """The files of `folder` with a suffix, sorted by name; none where there is no such folder."""
    if not folder.exists():
        return []
    return sorted(Path(entry.path) for entry in os.scandir(folder) if entry.name.endswith(suffix))


def refuse(error: OSError) -> None:
    """What `os.walk` does with a folder it cannot read."""
    raise error
