"""Every fault of `tests/cases/` through both engines: the same failures, file, line, column and words."""

from __future__ import annotations

import pytest

from test_cases import CASES, NAMES, _read, project_of, releasing

# Those about anchors, provenance and releases take some ten seconds each: all of them are run by `make test-slow`.
ONE_OF = 9
# What the local engine finds as it writes the DuckDB file, which Spark does not write.
OF_THE_FILE = ("rows refer to each other in a circle", "pipeline/queries/", "pipeline/views/", "COOKBOOK.md")
# Faults that DuckDB tells of on a worker: how they begin is the same.
IN_OTHER_WORDS = {"sql-fails-on-a-row", "sql-lineage-of-the-wrong-type"}


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    return releasing(tmp_path_factory)


def sorted_out(folder, released):
    """The projects of all cases that a build is to refuse: those of rows and keys alone, and others; name -> folder."""
    simple, others = {}, {}
    # Cases of `fmdata anchor` are of no build.
    for name in (name for name in NAMES if "anchor" not in _read(CASES / name / "expected.json")):
        root = project_of(name, folder / name, released)
        (simple if is_simple(root) else others)[name] = root
    return simple, others


def is_simple(root):
    """Whether a project has no releases, and in its contracts no resource with a role nor one that is generated."""
    contracts = [root / "datapackage.json", root / "raw/datapackage.json"]
    texts = [path.read_bytes() for path in contracts if path.is_file()]
    return not (root / "dist/releases").exists() and not any(b'"role"' in t or b'"generated"' in t for t in texts)


def told(both, projects):
    """Which of some cases both engines tell alike, and which have a fault of the DuckDB file; no other may be."""
    alike, of_the_file, other = [], [], []
    for name, root in projects.items():
        ours, theirs = both(root)
        if ours == theirs or (name in IN_OTHER_WORDS and ours[1].split("\n")[0] == theirs[1].split(" when ")[0]):
            alike.append(name)
        elif ours[0] == "built" and any(part in str(theirs) for part in OF_THE_FILE):
            of_the_file.append(name)
        else:
            other.append((name, ours, theirs))
    assert not other
    return alike, of_the_file


@pytest.mark.spark
def test_each_fault_is_told_alike(tmp_path, both, released):
    simple, others = sorted_out(tmp_path, released)
    alike, of_the_file = told(both, simple | dict(list(others.items())[::ONE_OF]))
    assert len(alike) >= 350 and len(of_the_file) <= 20, (len(alike), of_the_file)


@pytest.mark.slow
def test_each_fault_of_anchors_provenance_and_releases_is_told_alike(tmp_path, both, released):
    _, others = sorted_out(tmp_path, released)
    alike, of_the_file = told(both, others)
    assert len(alike) >= 80 and len(of_the_file) <= 5, (len(alike), of_the_file)
