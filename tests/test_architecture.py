"""The engine's own shape: imports in the order of the data, files of a size to read, no word of the dataset."""

from __future__ import annotations

import csv
import json
import re
import statistics
import tomllib

import pytest

from conftest import ROOT

ENGINE = ROOT / "pipeline" / "fmdata"
MODULES = sorted(ENGINE.rglob("*.py"))
CONTRACTS = [ROOT / "datapackage.json", ROOT / "raw" / "datapackage.json"]

# Names of the dataset that the engine may say all the same, each group with its reason.
ALLOWED = {
    "properties that the Data Package and Table Schema specifications, CFF, DataCite or JSON-LD give a descriptor": (
        "author comment derivation description doi homepage label language license name organization rights role "
        "sources title unit url value year"
    ),
    "slots of SSSOM, and the table of vocabularies that mappings lead to": (
        "mapping_justification object_id object_label object_source object_source_version predicate_id "
        "predicate_modifier subject_id subject_label uri_prefix vocabularies"
    ),
    "words of the generated provenance, which a contract asks for with `generated` and docs promise": (
        "column_name passage_id places provenance row_key table_name"
    ),
    "fields of the tables that tell where things stand, and of the extracts that `fmdata anchor` writes": (
        "anchors as_written capture_bytes capture_lines capture_sha256 char_end char_start is_bibliographic "
        "line_end line_number line_start prefix_sha256 row_hash run_hashes section_id sentence_number source_id "
        "span_sha256 suffix_sha256 token_count value_hashes word_runs"
    ),
    "fields of the tables of cited works": (
        "confidence container_title et_al family_name initials link_basis locator locator_type notice_type "
        "published_date work_type"
    ),
    "words of CSL, BibTeX and RIS": "bibliography issue volume",
    "fields of the tables that keep corrections, tombstones and what changed, and the names of these": (
        "_changes change corrections evidence fate merged_into new_value old_value reported_by reported_on "
        "reporter_role right_value since_version tombstones version wrong_value"
    ),
    "plain words of programs, texts, files and databases": (
        "cells citation credit functions heading kind line lines memory object passages position prefix publisher "
        "reason section sections sentence stage statement status subject system"
    ),
}


def names_of_the_dataset():
    """Every name the dataset gives: tables, columns, views, extracts, sources and entities -> what it names."""
    found = {}
    for path in CONTRACTS:
        contract = json.loads(path.read_text(encoding="utf-8"))
        for table in contract["resources"]:
            found.setdefault(table["name"], "table")
            found.update({field["name"]: "column" for field in table["schema"]["fields"]})
        for view in contract.get("views", []):
            found.setdefault(view["name"], "view")
            found.update({field["name"]: "column" for field in view["fields"]})
    found.update({folder.name: "source" for folder in (ROOT / "raw").iterdir() if folder.is_dir()})
    with (ROOT / "raw" / "curation" / "entities.csv").open(encoding="utf-8", newline="") as stream:
        found.update({row["entity_id"]: "entity" for row in csv.DictReader(stream)})
    found.pop("curation", None)
    return found


def said(text, words):
    """Which of the words stand in a text as whole words, whatever their case; `a-b` is no `a`."""
    there = set(re.findall(r"[\w-]+", text.lower())) | set(re.findall(r"\w+", text.lower()))
    return {word for word in words if word.lower() in there}


def test_modules_import_in_the_order_of_the_data(capsys):
    from importlinter.cli import lint_imports

    code = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert code == 0, capsys.readouterr().out


def test_every_module_has_its_place_in_the_order():
    """A module outside the layers would be free to import what it likes."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = {name.strip() for row in settings["contracts"][0]["layers"] for name in re.split(r"[|:]", row)}
    modules = {
        f"fmdata.{path.stem}" for path in ENGINE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert modules - {"fmdata.__init__"} == layers


def test_files_are_of_a_size_to_read(tell):
    lines = {str(path.relative_to(ENGINE)): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    middle = statistics.median(lines.values())
    longest = max(lines, key=lines.get)
    tell(f"engine: {len(lines)} files, median {middle:g} lines, longest {longest} with {lines[longest]}")
    assert {file: count for file, count in lines.items() if count > 300} == {}
    assert middle <= 120


@pytest.mark.parametrize("path", MODULES, ids=[str(path.relative_to(ENGINE)) for path in MODULES])
def test_the_engine_names_nothing_of_the_dataset(path):
    allowed = {word for words in ALLOWED.values() for word in words.split()}
    names = names_of_the_dataset()
    assert len(names) > 200
    found = said(path.read_text(encoding="utf-8"), names.keys() - allowed)
    assert {word: names[word] for word in found} == {}, "choose another word, or say in ALLOWED why it may stand"


def test_what_is_allowed_is_needed():
    """An allowed word that the dataset no longer has, or that stands in two groups, is one more to wonder at."""
    allowed = [word for words in ALLOWED.values() for word in words.split()]
    assert len(set(allowed)) == len(allowed)
    assert set(allowed) - names_of_the_dataset().keys() == set()


def test_a_name_of_the_dataset_would_be_found():
    assert said("SELECT rate_percent FROM 'Autoantibody_Rates'", ["rate_percent", "autoantibody_rates", "rate"]) == {
        "rate_percent", "autoantibody_rates"
    }  # fmt: skip
    assert said("# as for holistic-pulse-2024 and (serotonin)", ["holistic-pulse-2024", "serotonin", "pulse-2024"]) == {
        "holistic-pulse-2024", "serotonin"
    }  # fmt: skip
