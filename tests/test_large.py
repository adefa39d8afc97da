"""Above the sizes at which a database's own choices begin to differ, a release is still the same bytes."""

from __future__ import annotations

import csv
import io
import json
import random

import pytest

from fmdata.extracts import blocks
from fmdata.writers import csv as csv_files

ROWS = 50_000
NOTES = ["", "a note, with a comma", 'with "quotes"', "two\nlines", "é"]


@pytest.fixture(scope="module")
def large() -> str:
    """A table of 50,000 rows of several types, with blanks and repetition, from a fixed seed."""
    chance = random.Random(2024)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["id", "kind", "amount", "year", "note", "fine"])
    for number in range(ROWS):
        writer.writerow([
            f"k{number:06d}", chance.choice("abcdef"), chance.choice(["", str(chance.randrange(10_000) / 8)]),
            chance.randrange(1900, 2030), chance.choice(NOTES),
            chance.choice(["true", "false"]),
        ])  # fmt: skip
    return text.getvalue()


SCHEMA = {
    "fields": [
        {"name": "id", "type": "string", "constraints": {"pattern": "k\\d{6}"}},
        {"name": "kind", "type": "string", "constraints": {"required": True, "enum": list("abcdef")}},
        {"name": "amount", "type": "number", "constraints": {"minimum": 0, "maximum": 1250}},
        {"name": "year", "type": "year", "constraints": {"required": True}},
        {"name": "note", "type": "string"},
        {"name": "fine", "type": "boolean"},
    ],
    "primaryKey": "id",
}


@pytest.mark.parametrize("rows", [245_760, 8_192])
@pytest.mark.parametrize("limit", [ROWS, ROWS - 1])
def test_the_same_bytes_at_fifty_thousand_rows(small, run, large, monkeypatch, limit, rows):
    """Whether the table has keys in the file or is too large for them, and whatever the extract is read in.

    Rows are loaded in parts: in one part here, or in several.
    """
    monkeypatch.setattr(csv_files, "_PART_ROWS", rows)
    root = small(SCHEMA, {"raw/t.csv": large})
    path = root / "datapackage.json"
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**descriptor, "limits": {"keys": limit}}), encoding="utf-8")
    builds = []
    for block in (1 << 24, 1 << 24, 1 << 16):
        monkeypatch.setattr(blocks, "BLOCK", block)
        assert run("build", "--force", "--root", root).exit_code == 0
        folder = root / "dist/latest"
        builds.append({path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()})
    assert builds[0] == builds[1] == builds[2]


def test_a_fault_far_down_is_told_with_its_physical_line(small, run, large):
    lines = large.split("\n")
    place = next(n for n in range(40_000, len(lines)) if lines[n].startswith("k") and lines[n].count('"') % 2 == 0)
    cells = lines[place].split(",")
    lines[place] = ",".join([cells[0], "z", *cells[2:]])
    result = run("check", "--root", small(SCHEMA, {"raw/t.csv": "\n".join(lines)}))
    assert result.exit_code == 1
    assert result.stderr.startswith(f'raw/t.csv:{place + 1} kind: "z" breaks enum')
