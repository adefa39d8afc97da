"""The release keeps the promised names, types, closed lists and words."""

from __future__ import annotations

import json

import pytest

from conftest import ROOT
from promises import FACTS, LISTS, PARTLY, POINTERS, PROMISED, SURROGATES, TYPES

CONTRACTS = ("datapackage.json", "raw/datapackage.json")


@pytest.fixture(scope="module")
def contracts():
    return {path: json.loads((ROOT / path).read_text(encoding="utf-8")) for path in CONTRACTS}


def fields(contract):
    """(table, schema, field) of every field of a contract."""
    return [(r["name"], r["schema"], f) for r in contract["resources"] for f in r["schema"]["fields"]]


# Names and words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", PROMISED)
def test_every_promised_column_is_there(values, table):
    there = values("SELECT column_name FROM duckdb_columns() WHERE table_name = ?", table)
    assert set(PROMISED[table].split()) - set(there) == set()


@pytest.mark.parametrize(("table", "column"), TYPES, ids=[".".join(place) for place in TYPES])
def test_promised_types(values, table, column):
    found = values("SELECT data_type FROM duckdb_columns() WHERE table_name = ? AND column_name = ?", table, column)
    assert found == [TYPES[table, column]]


@pytest.mark.parametrize(("table", "field"), LISTS, ids=[".".join(place) for place in LISTS])
def test_closed_lists_hold_what_is_promised(contracts, table, field):
    found = next(f for t, _, f in fields(contracts["datapackage.json"]) if (t, f["name"]) == (table, field))
    assert set(LISTS[table, field].split()) - set(found["constraints"]["enum"]) == set()


@pytest.mark.parametrize("path", CONTRACTS)
def test_every_table_and_field_is_described(contracts, path):
    for resource in contracts[path]["resources"]:
        assert resource.get("title") and resource.get("description"), resource["name"]
    for table, schema, field in fields(contracts[path]):
        place = f"{table}.{field['name']}"
        assert field.get("title") and field.get("description"), f"{place} has no title or no description"
        needed = field.get("constraints", {}).get("required") or field["name"] in schema.get("primaryKey", ())
        assert ("blank" in field) != bool(needed), f"{place}: `blank` tells what a blank means, so where one may be"
        if "enum" in field.get("constraints", {}):
            assert "categories" in field, f"{place} is a closed list without categories"


def test_predicates_are_defined(contracts):
    predicate = next(
        f for t, _, f in fields(contracts["datapackage.json"]) if (t, f["name"]) == ("claims", "predicate")
    )
    assert all(category["label"].strip() for category in predicate["categories"])


def test_derivation_stands_on_every_cell_that_states_a_fact(contracts):
    """In a table of facts, on each field but surrogate keys and pointers; in a few others on those that state some."""
    for table, _, field in fields(contracts["datapackage.json"]):
        name = field["name"]
        stated = table in FACTS and name not in POINTERS and name not in SURROGATES.get(table, ())
        wanted = stated or name in PARTLY.get(table, "").split()
        assert ("derivation" in field) == wanted, f"{table}.{name}"
        if wanted and name.endswith("_status"):
            assert field["derivation"] == "inferred", f"{table}.{name}"


# What there is --------------------------------------------------------------------------------------------------------
