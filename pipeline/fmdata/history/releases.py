"""The releases of a project: which versions are frozen in `dist/releases/`, and what each of them consists of."""

from __future__ import annotations

from pathlib import Path

from fmdata.errors import FmdataError
from fmdata.history.published import RELEASES
from fmdata.history.versions import Version, is_version, parse
from fmdata.writers.archive import SUMS

CHANGES = "changes.json"


def parts(name: str, version: Version) -> tuple[str, ...]:
    """The files of a release, sorted: the zip with the whole package, the DuckDB file, its changes and its sums."""
    return tuple(sorted((f"{name}-{version}.zip", f"{name}.duckdb", CHANGES, SUMS)))


def released(root: Path) -> list[Version]:
    """The versions that were released, in their order. Raises `FmdataError` for what else lies among them."""
    folder = root / RELEASES
    names = [path.name for path in folder.iterdir() if not path.name.startswith(".")] if folder.is_dir() else []
    for name in sorted(names):
        if not is_version(name) or (folder / name).is_symlink() or not (folder / name).is_dir():
            expected = "folders named by a version alone"
            raise FmdataError(f"{RELEASES}/{name}: not a release; expected {expected}. Move it away.")
    return sorted(parse(name, RELEASES) for name in names)
