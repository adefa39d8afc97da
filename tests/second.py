"""What lays the second article of the tests over a copy of the project, and runs the commands on it."""

from __future__ import annotations

import csv
import json

from click.testing import CliRunner

from conftest import ROOT
from fmdata.cli import main

HERE = ROOT / "tests" / "second_article"
ARTICLE = HERE / "article.txt"
FIRST, SECOND = "holistic-pulse-2024", "garden-almanac-2025"
EXTRACTS = sorted(path.stem for path in (HERE / "raw" / SECOND).glob("*.csv"))
WRITTEN = ["anchors", "word_runs"]
# Tables in which every article has rows of its own.
FACTS = ["autoantibody_rates", "bibliography", "claims", "passages", "sections", "source_lines", "sources", "studies",
         "study_findings", "symptoms", "treatments"]  # fmt: skip


def fmdata(*arguments):
    """The command as a user runs it. A defect of ours is raised, not hidden."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def told(result):
    """The failures that a command gave as JSON."""
    assert result.exit_code == 1, result.output
    return json.loads(result.stdout)


def rows(file):
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def append(file, added):
    file.write_bytes(file.read_bytes() + added.split(b"\n", 1)[1])


def list_files(root, resources):
    """Name a resource's file of the second source in the manifest."""
    path = root / "raw" / "datapackage.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    for resource in manifest["resources"]:
        if resource["name"] in resources:
            resource["path"].append(f"{SECOND}/{resource['name']}.csv")
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=2), encoding="utf-8")


def inputs(root):
    """Every file that a curator or `fmdata anchor` may write, with its bytes."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in (root / "raw").rglob("*.csv")}
