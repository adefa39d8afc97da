"""docs/metadata.md tells the validators that are run, with the versions that are locked."""

from __future__ import annotations

import json
import re

import pytest

import proofs
from conftest import ROOT

DOCUMENT = (ROOT / "docs/metadata.md").read_text(encoding="utf-8")
SECTION = DOCUMENT.split("## Which validator proves which file")[1]
PLACES = {"project": "requirements.lock", "pypi": "validators/requirements.lock"}


def version(package: str) -> str:
    """`name version` of a package, as its lock has it."""
    registry, _, name = package.partition(":")
    if registry == "npm":
        lock = json.loads((ROOT / "validators/package-lock.json").read_text(encoding="utf-8"))
        return f"{name} {lock['packages'][f'node_modules/{name}']['version']} (npm)"
    lock = (ROOT / PLACES[registry]).read_text(encoding="utf-8")
    found = re.findall(rf"^{re.escape(name)}==(\S+)", lock, re.MULTILINE)
    assert len(found) == 1, f"{name}: {found}"
    return f"{name} {found[0]}"


def rows() -> list[str]:
    """The lines of the table as they should be."""
    return [
        f"| {proof.name} | {', '.join(map(version, proof.packages))} | "
        f"{', '.join(f'`{file}`' for file in proof.files.split(', '))} | `{proof.command}` |"
        for proof in proofs.PROOFS.values()
    ]


def test_the_table_tells_the_proofs_and_their_versions():
    table = [line for line in SECTION.splitlines() if line.startswith("| ")]
    assert table == ["| validator | version | proves | command |", "| --- | --- | --- | --- |", *rows()]


@pytest.mark.parametrize("name", ["CITATION.cff", "croissant.json", "csv-metadata.json", "datacite.json",
                                  "datacite.xml", "mappings.sssom.tsv", "ro-crate-metadata.json"])  # fmt: skip
def test_every_form_is_proved(name):
    assert any(name in proof.files for proof in proofs.PROOFS.values())


def test_the_scripts_that_are_run_are_there():
    named = set(re.findall(r"validators/\w+\.\w+", " ".join(proof.command for proof in proofs.PROOFS.values())))
    there = {f"validators/{path.name}" for path in (ROOT / "validators").iterdir() if path.suffix in (".py", ".cjs")}
    assert named == there - {"validators/offline.py"}
    assert "validators/offline.py" in SECTION


def test_every_package_that_is_asked_for_is_told():
    asked = (ROOT / "validators/requirements.in").read_text(encoding="utf-8").splitlines()
    told = {package.partition(":")[2] for proof in proofs.PROOFS.values() for package in proof.packages}
    assert {line for line in asked if line and not line.startswith("#")} - told <= {"lxml"}
