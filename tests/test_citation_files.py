"""What a release says about how to cite it: one item of the dataset, in every file alike."""

from __future__ import annotations

import json

import bibtexparser
import pytest
import rispy
import yaml

from fmdata.contract import load_published
from fmdata.references import dataset_item, source_items


@pytest.fixture(params=["built", "built_meadow"])
def folder(request):
    return request.getfixturevalue(request.param).folder


def test_reference_managers_read_the_dataset_and_then_its_sources(folder):
    package = load_published(folder)
    items = [dataset_item(package), *source_items(package)]
    assert len(items) == 1 + len(package.descriptor["sources"]) > 1
    assert package.descriptor["contentHash"] in items[0]["note"]
    assert json.loads((folder / "citation.csl.json").read_text(encoding="utf-8")) == items
    bibtex = bibtexparser.parse_string((folder / "citation.bib").read_text(encoding="utf-8"))
    assert bibtex.failed_blocks == [] and [entry.key for entry in bibtex.entries] == [item["id"] for item in items]
    ris = rispy.loads((folder / "citation.ris").read_text(encoding="utf-8"))
    assert [one["title"] for one in ris] == [item["title"] for item in items]


def test_the_words_of_the_readme_and_the_citation_file_agree_with_them(folder):
    item = dataset_item(load_published(folder))
    words = (folder / "README.md").read_text(encoding="utf-8").split("## How to cite\n\n> ")[1].split("\n")[0]
    cff = yaml.safe_load((folder / "CITATION.cff").read_text(encoding="utf-8"))
    for text in (item["title"], f"Version {item['version']}", item["genre"]):
        assert text in words
    assert (cff["title"], cff["version"]) == (item["title"], item["version"])


def test_the_words_of_a_release(built, built_meadow):
    texts = [(one.folder / "README.md").read_text(encoding="utf-8") for one in (built, built_meadow)]
    assert [text.split("## How to cite\n\n> ")[1].split("\n")[0] for text in texts] == [
        "The fmdata contributors. Fibromyalgia and autoimmunity: facts of a health article as checked, citable data. "
        f"Version {built.version}. Data set.",
        "Ada Klee, Friends & Fields. Plants of a meadow. Version 0.1.0. Data set. https://doi.org/10.5555/Meadow.1",
    ]
