"""Every fault of `tests/cases/` through both engines: the same failures, file, line, column and words."""

from __future__ import annotations

import pytest

from test_cases import CASES, NAMES, _read, project_of, releasing

pytestmark = pytest.mark.spark
# What the local engine finds as it writes the DuckDB file, which Spark does not write.
OF_THE_FILE = ("rows refer to each other in a circle", "pipeline/queries/", "pipeline/views/")
# Faults that DuckDB tells of on a worker: how they begin is the same.
IN_OTHER_WORDS = {"sql-fails-on-a-row", "sql-lineage-of-the-wrong-type"}
# Of two parts, each for a worker of its own.
HALVES = [NAMES[::2], NAMES[1::2]]


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    return releasing(tmp_path_factory)


@pytest.mark.parametrize("names", HALVES, ids=["one half", "the other"])
def test_each_fault_is_told_alike(tmp_path, both, released, names):
    alike, of_the_file, other = [], [], []
    # Cases of `fmdata anchor` are of no build.
    for name in (name for name in names if "anchor" not in _read(CASES / name / "expected.json")):
        ours, theirs = both(project_of(name, tmp_path / name, released))
        if ours == theirs or (name in IN_OTHER_WORDS and ours[1].split("\n")[0] == theirs[1].split(" when ")[0]):
            alike.append(name)
        elif ours[0] == "built" and any(part in str(theirs) for part in OF_THE_FILE):
            of_the_file.append(name)
        else:
            other.append((name, ours, theirs))
    assert not other
    assert len(alike) >= 220 and len(of_the_file) <= 12, (len(alike), of_the_file)
