"""Those to be credited, as the contract tells them: people, groups, licences, sources; and what is refused there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import catalogues
import histories
from fmdata.about import about
from fmdata.contract import load
from fmdata.contract.roles import mappings
from fmdata.errors import CheckError, FmdataError
from fmdata.metadata.csvw import _base, _name
from fmdata.metadata.datacite import contributor_type
from fmdata.writers.citation import citation


@pytest.fixture
def garden(tmp_path) -> Path:
    return catalogues.rich(tmp_path / "garden")


def test_who_is_a_creator_and_who_is_not(garden):
    told = about(load(garden))
    assert [agent.name for agent in told.creators] == ["Rose Gärtner"]
    assert [agent.name for agent in told.contributors] == ["Ivy Climber", "The Garden Press"]
    assert told.publisher == told.contributors[1]
    rose = told.creators[0]
    assert (rose.is_person, rose.inverted, rose.orcid) == (True, "Gärtner, Rose", "0000-0002-1825-0097")
    assert (told.publisher.is_person, told.publisher.inverted, told.publisher.orcid) == (False, "The Garden Press", "")
    assert [contributor_type(agent) for agent in told.contributors] == ["DataCurator", "Other"]
    assert citation(load(garden)) == (
        "Rose Gärtner. Plants of a garden: “beds” & <borders>. Version 1.2.3. Data set. https://garden.example.org/"
    )


def test_where_nobody_is_called_creator_all_are(garden):
    with histories.edited(garden / "datapackage.json") as contract:
        contract["contributors"] = [{"title": "Lou"}, {"title": "Kim", "roles": ["funder"]}]
    told = about(load(garden))
    assert ([agent.name for agent in told.creators], told.contributors) == (["Lou", "Kim"], ())


def test_licences_have_their_spdx_identifiers(garden):
    with histories.edited(garden / "datapackage.json") as contract:
        contract["licenses"] = [
            {"name": "cc-by-4.0"},
            {"name": "ours", "path": "https://e.org/l"},
            {"name": "MIT OR 0BSD"},
        ]
    assert [(one.spdx, one.words) for one in about(load(garden)).licences] == [
        ("CC-BY-4.0", "cc-by-4.0"), ("", "ours"), ("", "MIT OR 0BSD")
    ]  # fmt: skip


def test_the_doi_comes_first_in_a_citation(garden):
    package = load(garden)
    package = replace(package, descriptor={**package.descriptor, "doi": "10.5555/x"})
    assert citation(package).endswith("Data set. https://doi.org/10.5555/x")


@pytest.mark.parametrize(
    ("source", "where", "words"),
    [
        ({"type": "tome"}, "sources.0.type", '"tome" is no type of source; expected a type of the Citation File'),
        ({"date": "8 Sep"}, "sources.0.date", '"8 Sep" is not a date; expected YYYY, YYYY-MM or YYYY-MM-DD'),
        ({"date": "2024-13"}, "sources.0.date", "is not a date"),
        ({"date": 2024}, "sources.0.date", "2024 is not a text"),
        ({"authors": "Lou"}, "sources.0.authors", "'Lou' is not a list"),
        ({"authors": [{"email": "a@b.org"}]}, "sources.0.authors.0", "it names nobody"),
        ({"authors": [{"familyName": 7}]}, "sources.0.authors.0.familyName", "7 is not a text"),
    ],
)
def test_a_source_that_cannot_be_credited_is_told(garden, source, where, words):
    with histories.edited(garden / "datapackage.json") as contract:
        contract["sources"] = [{"title": "T", **source}]
    with pytest.raises(CheckError) as raised:
        load(garden)
    (failure,) = raised.value.failures
    assert (failure.field, words in str(failure)) == (where, True), str(failure)
    assert failure.line > 1


def test_contributors_parts_of_names_are_texts(garden):
    with histories.edited(garden / "datapackage.json") as contract:
        contract["contributors"][0]["familyName"] = ["Gärtner"]
    with pytest.raises(CheckError, match=r"contributors\.0\.familyName"):
        load(garden)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda c: c["resources"][1]["schema"]["fields"].pop(3), "mappings has no field predicate_id; its role"),
        (lambda c: c["resources"][1]["schema"]["foreignKeys"].pop(), "does not lead to the prefix of a table of vocab"),
        (lambda c: c["resources"][2]["schema"]["fields"][1].update(type="any"), "uri_prefix is of the type any"),
        (lambda c: [c.pop("id"), c.pop("homepage")], 'has neither an "id" nor a homepage'),
    ],
)
def test_half_a_table_of_mappings_is_told_before_anything_is_made(garden, edit, words, run):
    with histories.edited(garden / "datapackage.json") as contract:
        edit(contract)
    with pytest.raises(FmdataError) as raised:
        mappings(load(garden))
    assert words in str(raised.value)
    done = run("build", "--root", garden)
    assert (done.exit_code, words in done.stderr) == (1, True)


def test_mappings_are_no_role_of_extracts(garden):
    contract = json.loads((garden / "datapackage.json").read_text(encoding="utf-8"))
    with histories.edited(garden / "datapackage.json") as published:
        for resource in published["resources"]:
            resource["path"] = f"dist/latest/data/{resource['name']}.csv"
    for resource in contract["resources"]:
        resource["path"] = f"{resource['name']}.csv"
    (garden / "raw/datapackage.json").write_text(json.dumps(contract), encoding="utf-8")
    with pytest.raises(CheckError, match='"mappings" is not a role of this contract'):
        load(garden, "raw/datapackage.json", extracts=True)


@pytest.mark.parametrize(
    ("descriptor", "datatype"),
    [
        ({"type": "date", "format": "%d/%m/%Y"}, ("date", "dd/MM/yyyy")),
        ({"type": "date", "format": "%d %b %Y"}, ("string", None)),
        ({"type": "datetime", "format": "%Y-%m-%dT%H:%M:%SZ"}, ("dateTime", "yyyy-MM-ddTHH:mm:ssX")),
        ({"type": "time", "format": "%H:%M"}, ("time", "HH:mm")),
        ({"type": "number", "decimalChar": ","}, ("number", {"decimalChar": ","})),
        ({"type": "integer", "bareNumber": False}, ("string", None)),
        ({"type": "boolean", "trueValues": ["yes"], "falseValues": ["no"]}, ("boolean", "yes|no")),
        ({"type": "boolean", "trueValues": ["a|b"]}, ("string", None)),
        ({"type": "string", "constraints": {"enum": ["a.b", "c-d"]}}, ("string", r"a\.b|c-d")),
        ({"type": "string", "format": "uri"}, ("anyURI", None)),
        ({"type": "any"}, ("string", None)),
        ({"type": "array"}, ("json", None)),
    ],
)
def test_datatypes_of_csv_on_the_web(descriptor, datatype, garden):
    field = load(garden).resource("plants").fields[0]
    assert _base(replace(field, type=descriptor["type"], descriptor=descriptor)) == datatype


def test_names_of_columns_are_variables_of_uri_templates():
    assert [_name(text) for text in ("a_b", "_a", "a-b", "ä b", "a~")] == ["a_b", "%5Fa", "a%2Db", "%C3%A4%20b", "a%7E"]
