"""Every fault of `tests/cases/` through both engines: the same failures, file, line, column and words."""

from __future__ import annotations

import json
import shutil

import pytest

from conftest import BASES
from test_cases import CASES, NAMES, _make, _read

pytestmark = pytest.mark.spark
# What the local engine finds as it writes the DuckDB file, which Spark does not write.
OF_THE_FILE = ("rows refer to each other in a circle", "pipeline/queries/", "pipeline/views/")
# Faults that DuckDB tells of on a worker: how they begin is the same.
IN_OTHER_WORDS = {"sql-fails-on-a-row", "sql-lineage-of-the-wrong-type"}
# What Spark says of a project that it cannot build.
REFUSED = "the Spark engine has not yet: "


def project(name, root):
    """Make the project of a case, if it is one that a build is to refuse."""
    own = CASES / name
    make = _read(own / "make.json") if (own / "make.json").exists() else {}
    if make.get("released") or "anchor" in _read(own / "expected.json"):
        return None
    if "base" in make:
        shutil.copytree(BASES / make["base"], root)
    shutil.copytree(own, root, ignore=shutil.ignore_patterns("expected.json", "make.json"), dirs_exist_ok=True)
    _make(root, make)
    return root


def is_simple(root):
    """Whether a project has no releases, and in its contracts no resource with a role nor one that is generated."""
    contracts = [root / "datapackage.json", root / "raw/datapackage.json"]
    resources = [
        resource
        for path in contracts
        if path.is_file()
        for resource in json.loads(path.read_text(encoding="utf-8"))["resources"]
    ]
    return not (root / "dist/releases").exists() and not any(
        "role" in resource or "generated" in resource for resource in resources
    )


def test_each_fault_is_told_alike(tmp_path, both):
    alike, of_the_file, refused, other = [], [], [], []
    for name in NAMES:
        root = project(name, tmp_path / name)
        if root is None:
            continue
        ours, theirs = both(root)
        if ours[0] == "error" and REFUSED in ours[1]:
            assert not is_simple(root), f"{name}: {ours}"
            refused.append(name)
        elif ours == theirs or (name in IN_OTHER_WORDS and ours[1].split("\n")[0] == theirs[1].split(" when ")[0]):
            alike.append(name)
        elif ours[0] == "built" and any(part in str(theirs) for part in OF_THE_FILE):
            of_the_file.append(name)
        else:
            other.append((name, ours, theirs))
    assert not other
    assert len(alike) >= 340 and len(of_the_file) <= 20, (len(alike), of_the_file, len(refused))
