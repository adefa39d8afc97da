"""What every peer checks, in plain values: the contract of the synthetic records that `benchmarks/synthetic.py` makes.

The columns of records, in order: record_id (unique text), kind (one of KINDS), value (a number within VALUE, may be
blank), year (an integer within YEAR), label (text), doi (text that fits DOI, may be blank), reviewed (true or false),
group_id (a group_id of groups). And the rule: a row that is reviewed has a value.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

RULES = ("type", "required", "enum", "range", "pattern", "primary key", "foreign key", "rule")
COLUMNS = ("record_id", "kind", "value", "year", "label", "doi", "reviewed", "group_id")
REQUIRED = ("record_id", "kind", "year", "label", "reviewed", "group_id")
KINDS = tuple(
    f"{organ}_{measure}"
    for organ in ("blood", "brain", "gut", "joint", "mood", "muscle", "nerve", "skin", "sleep", "spine")
    for measure in ("count", "image", "ratio", "sample", "scale")
)
VALUE, YEAR = (0, 100), (1950, 2026)
DOI = r"10\.[0-9]{4,9}/[-._;()/:a-z0-9]+"
GROUPS = 1_000


def project() -> tuple[Path, Path]:
    """The files of records and of groups in the project that the command line names."""
    raw = Path(sys.argv[1]).resolve() / "raw"
    return raw / "records.csv", raw / "groups.csv"


def tell(faults: dict[str, int]) -> None:
    """Print how many faults of each kind were found, 0 included."""
    unknown = faults.keys() - set(RULES)
    if unknown:
        raise ValueError(f"no such kind of fault: {', '.join(sorted(unknown))}")
    print(json.dumps({rule: faults.get(rule, 0) for rule in RULES}))
