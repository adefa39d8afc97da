"""Projects with releases: the orchard of `bases/` with a history in it, and how its releases are made."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fmdata.changelog import with_release
from fmdata.freeze import Frozen, _copy, freeze
from fmdata.history import parse
from fmdata.release import build
from fmdata.sql import MEMORY

BASE = Path(__file__).parent / "bases" / "orchard"
CORRECTIONS, TOMBSTONES = "raw/curation/corrections.csv", "raw/curation/tombstones.csv"
# What a release of the orchard consists of.
FILES = ["SHA256SUMS", "changes.json", "orchard-1.0.0.zip", "orchard.duckdb"]
_LOG = ("version", "table_name", "row_key", "column_name", "change", "old_value", "new_value", "reason")


def orchard(root: Path, version: str = "1.0.0") -> Path:
    """A new copy of the orchard whose releases carry what changed."""
    shutil.copytree(BASE, root)
    with edited(root / "datapackage.json") as contract:
        contract["version"] = version
        contract["resources"].append(log())
    return root


def log() -> dict[str, Any]:
    """The resource that what changed goes into."""
    fields = [{"name": name, "type": "string"} for name in _LOG]
    schema = {"fields": fields, "primaryKey": [*_LOG[:4]]}
    return {"name": "_changes", "generated": "changes", "path": "dist/latest/data/_changes.csv", "schema": schema}


@contextmanager
def edited(file: Path) -> Iterator[Any]:
    """The value of a JSON file, written again afterwards."""
    value = json.loads(file.read_text(encoding="utf-8"))
    yield value
    file.write_text(json.dumps(value, indent=2), encoding="utf-8")


def declare(root: Path, version: str) -> None:
    with edited(root / "datapackage.json") as contract:
        contract["version"] = version


def change(root: Path, file: str, old: str, new: str) -> None:
    """Replace a text that stands in a file once."""
    text = (root / file).read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file}: {old!r} stands there {text.count(old)} times"
    (root / file).write_text(text.replace(old, new), encoding="utf-8")


def append(root: Path, file: str, *lines: str) -> None:
    with (root / file).open("a", encoding="utf-8") as stream:
        stream.writelines(f"{line}\n" for line in lines)


def release(root: Path, version: str, date: str = "2026-01-02") -> Frozen:
    """Release a version."""
    declare(root, version)
    return freeze(root, date, lambda _: None, MEMORY)


class Counted:
    """In the place of frictionless, which other tests ask and which takes half of a small build."""

    def __enter__(self) -> Counted:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def read(self, folder: Path) -> None:
        self._folder = folder

    def report(self) -> dict[str, Any]:
        """What frictionless says of a sound package."""
        contract = json.loads((self._folder / "datapackage.json").read_text(encoding="utf-8"))
        tasks = [{"name": one["name"], "place": one["path"], "errors": [], "stats": {"rows": one["rowCount"]}}
                 for one in contract["resources"]]  # fmt: skip
        return {"errors": [], "tasks": tasks}


def build_released(root: Path, version: str, date: str = "2026-01-02") -> Path:
    """The same with one build, of a changelog that has the date already, and whatever git says; returns the folder."""
    declare(root, version)
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    (root / "CHANGELOG.md").write_text(with_release(text, version, date, []), encoding="utf-8")
    made, folder = build(root, lambda _: None), root / "dist/releases" / version
    folder.parent.mkdir(exist_ok=True)
    _copy(made.folder, folder, made.name, parse(version, "test"))
    return folder


def commit(root: Path, words: str = "change") -> None:
    """Commit everything, to a new repository if there is none."""
    if not (root / ".git").exists():
        git(root, "init", "-q")
        (root / ".gitignore").write_text("dist/.*\ndist/latest/*.duckdb\ndist/latest/*.zip\n", encoding="utf-8")
    git(root, "add", "-A")
    git(root, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", words)


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", root, *arguments], check=True, capture_output=True)


def state(root: Path) -> dict[str, bytes]:
    """What a failing release must leave as it was: changelog and releases."""
    files = [root / "CHANGELOG.md", *(root / "dist/releases").rglob("*")]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files if path.is_file()}


def alike(rows: Iterable[Any]) -> list[Any]:
    """Rows in an order that is the same for the same rows, whatever their values."""
    return sorted(rows, key=repr)
