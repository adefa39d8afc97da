"""The commands that are compared: ours and those of the peers, and what each says it found."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from measure import ROOT, Command
from peers.contract import RULES

PEERS_PYTHON = ROOT / ".venv-bench/bin/python"
# As it runs where nothing is installed that only its tests need.
FMDATA = (PEERS_PYTHON, "-m", "fmdata")
# Each peer that checks: its name for people, its script and the packages whose versions matter.
CHECKERS = {
    "DuckDB SQL, all that ours asks": ("duckdb_same", ("duckdb",)),
    "dataframely, all that ours asks": ("dataframely_same", ("dataframely", "polars")),
    "DuckDB SQL, types and constraints": ("duckdb_sql", ("duckdb",)),
    "dataframely": ("dataframely_schema", ("dataframely", "polars")),
    "pointblank": ("pointblank_validation", ("pointblank", "polars")),
    "pandera": ("pandera_frame", ("pandera", "polars")),
    "frictionless": ("frictionless_validate", ("frictionless",)),
}
# What fmdata calls the rules of the contract.
OURS = {"minimum": "range", "maximum": "range", "reviewed_has_value": "rule"}


def check(root: Path, *options: str) -> Command:
    """Our check of a project's data: everything the peers check, and no more."""
    return [*FMDATA, "check", "--root", root, "--data-only", *options]


def build(root: Path, force: bool = True) -> Command:
    """Our build of a project; not forced, it may find that nothing changed."""
    return [*FMDATA, "build", "--root", root, *(["--force"] if force else [])]


def peer(script: str, root: Path) -> Command:
    """A peer's script over a project."""
    return [PEERS_PYTHON, ROOT / "benchmarks/peers" / f"{script}.py", root]


def checkers(root: Path) -> dict[str, Command]:
    """Whatever checks, by its name: ours first."""
    return {"fmdata": check(root)} | {name: peer(script, root) for name, (script, _) in CHECKERS.items()}


def disagreements(root: Path, planted: dict[str, int]) -> list[str]:
    """Who finds other faults in a project than were planted in it. A peer that checks less is no fair peer."""
    found = {name: _found(peer(script, root)) for name, (script, _) in CHECKERS.items()}
    found["fmdata"] = _ours(root)
    return [f"{name} finds {faults}, planted {planted}" for name, faults in found.items() if faults != planted]


def versions() -> str:
    """The versions of all that takes part, as they are installed."""
    names = sorted({name for _, packages in CHECKERS.values() for name in packages})
    code = f"import importlib.metadata as m; print(*(f'{{n}} {{m.version(n)}}' for n in {names}), sep=', ')"
    peers = _output([PEERS_PYTHON, "-c", code]).strip()
    ours = _output([*FMDATA, "--version"]).strip().replace(", version", "")
    return f"{ours}; the peers: {peers}"


def _found(command: Command) -> dict[str, int]:
    return dict(json.loads(_output(command)))


def _ours(root: Path) -> dict[str, int]:
    """What our check finds, by the names that the peers use. More than it prints stands in a file."""
    told = json.loads(_output(check(root, "--format", "json"), code=1))
    report = root / "dist/failures.csv"
    if report.exists():
        with report.open(encoding="utf-8", newline="") as stream:
            told = list(csv.DictReader(stream))
    found = Counter(OURS.get(failure["rule"], failure["rule"]) for failure in told)
    return {rule: found.pop(rule, 0) for rule in RULES} | found


def _output(command: Command, code: int = 0) -> str:
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if process.returncode != code:
        sys.exit(f"{' '.join(map(str, command))}: exit code {process.returncode}.\n{process.stderr[-2000:]}")
    return process.stdout
