"""What a release says of itself is the same in every form, each read by a parser of its own."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import bibtexparser
import pytest
import rispy
import yaml

import catalogues
import conftest
from fmdata.contract.load import load_published
from fmdata.metadata.crate import write_crate

FORMS = [".zenodo.json", "CITATION.cff", "croissant.json", "csv-metadata.json"]
DATACITE = "{http://datacite.org/schema/kernel-4}"
KINDS = ("real", "rich", "bare")


@pytest.fixture(scope="module")
def releases(tmp_path_factory, without_frictionless) -> dict[str, Path]:
    """A release of each kind."""
    aside = tmp_path_factory.mktemp("releases")
    bare = conftest.shutil.copytree(conftest.BASES / "orchard", aside / "bare")
    roots = {
        "real": catalogues.real(aside / "real"),
        "rich": catalogues.rich(aside / "rich"),
        "bare": catalogues.dated(Path(bare)),
    }
    return {kind: catalogues.made(root).folder for kind, root in roots.items()}


def read(folder: Path, file: str) -> dict:
    return json.loads((folder / file).read_text(encoding="utf-8"))


def said(folder: Path) -> dict[str, dict[str, object]]:
    """What each form says: {form: {title, version, date, creators, licences, doi}}."""
    cff = yaml.safe_load((folder / "CITATION.cff").read_text(encoding="utf-8"))
    zenodo, croissant, csvw = (read(folder, file) for file in (".zenodo.json", "croissant.json", "csv-metadata.json"))
    xml = ET.parse(folder / "datacite.xml").getroot()
    datacite = read(folder, "datacite.json")
    inverted = [one["name"] for one in zenodo["creators"]]
    plain = [one["name"] for one in croissant["creator"]]
    licences = [one.get("rightsIdentifier") for one in datacite["rightsList"]]
    identifier = xml.findtext(f"{DATACITE}identifier")
    rights = [one.get("rightsIdentifier") for one in xml.iter(f"{DATACITE}rights")]
    assert rights == licences
    assert [word.lower() for word in cff["license"]] == licences
    assert zenodo["license"].lower() == licences[0]
    assert csvw["dc:license"] == croissant["license"] and len(croissant["license"]) == len(licences)
    assert [one.text for one in xml.iter(f"{DATACITE}creatorName")][: len(inverted)] == inverted
    assert [one["name"] for one in datacite["creators"]] == inverted
    assert csvw["dc:creator"] == plain
    assert [one.get("name") or f"{one['family-names']}, {one['given-names']}" for one in cff["authors"]] == inverted
    return {
        "cff": {"title": cff["title"], "version": cff["version"], "date": cff["date-released"].isoformat(),
                "doi": cff.get("doi"), "keywords": cff.get("keywords", [])},
        "zenodo": {"title": zenodo["title"], "version": zenodo["version"], "date": zenodo["publication_date"],
                   "doi": zenodo.get("doi"), "keywords": zenodo.get("keywords", [])},
        "croissant": {"title": croissant["name"], "version": croissant["version"], "date": croissant["datePublished"],
                      "doi": doi(croissant.get("identifier", [])), "keywords": croissant.get("keywords", [])},
        "csvw": {"title": csvw["dc:title"], "version": csvw["schema:version"], "date": csvw["dc:issued"],
                 "doi": doi(csvw.get("dc:identifier", [])), "keywords": csvw.get("dc:subject", [])},
        "datacite": {"title": datacite["titles"][0]["title"], "version": datacite["version"],
                     "date": datacite["dates"][0]["date"], "doi": datacite.get("doi"),
                     "keywords": [one["subject"] for one in datacite.get("subjects", [])]},
        "xml": {"title": xml.findtext(f".//{DATACITE}title"), "version": xml.findtext(f"{DATACITE}version"),
                "date": xml.findtext(f".//{DATACITE}date"), "doi": None if identifier == "(:tba)" else identifier,
                "keywords": [one.text for one in xml.iter(f"{DATACITE}subject")]},
    }  # fmt: skip


def doi(identifiers: list[str]) -> str | None:
    return next((one.removeprefix("https://doi.org/") for one in identifiers if "doi.org" in one), None)


@pytest.mark.parametrize("kind", KINDS)
def test_every_form_says_the_same(kind, releases):
    package = load_published(releases[kind])
    descriptor = package.descriptor
    expected = {
        "title": descriptor["title"], "version": package.version, "date": descriptor["created"][:10],
        "doi": descriptor.get("doi"), "keywords": list(dict.fromkeys(descriptor.get("keywords", []))),
    }  # fmt: skip
    assert said(releases[kind]) == dict.fromkeys(("cff", "zenodo", "croissant", "csvw", "datacite", "xml"), expected)
    assert expected["doi"] == (catalogues.DOI if kind == "rich" else None)
    item = read(releases[kind], "citation.csl.json")[0]
    assert (item["title"], item["version"], item.get("DOI")) == (
        expected["title"], expected["version"], expected["doi"]
    )  # fmt: skip
    assert "-".join(f"{part:02}" for part in item["issued"]["date-parts"][0]) == expected["date"]
    names = [one.get("literal") or f"{one['family']}, {one['given']}" for one in item["author"]]
    assert names == [one["name"] for one in read(releases[kind], "datacite.json")["creators"]]
    assert descriptor["contentHash"] in item["note"]
    with (releases[kind] / "citation.ris").open(encoding="utf-8") as stream:
        ris = rispy.load(stream)[0]
    assert (ris["title"], ris.get("doi"), ris["authors"]) == (expected["title"], expected["doi"], names)
    bib = bibtexparser.parse_string((releases[kind] / "citation.bib").read_text(encoding="utf-8")).entries[0]
    assert expected["version"] in bib.fields_dict["howpublished"].value
    assert (bib.fields_dict["doi"].value if "doi" in bib.fields_dict else None) == expected["doi"]


@pytest.mark.parametrize("kind", KINDS)
def test_tables_columns_and_hashes_are_those_of_the_files(kind, releases, tmp_path):
    folder = releases[kind]
    package = load_published(folder)
    croissant, csvw = read(folder, "croissant.json"), read(folder, "csv-metadata.json")
    headers = {f"data/{table.name}.csv": header(folder / "data" / f"{table.name}.csv") for table in package}
    described = {table["url"]: table["tableSchema"]["columns"] for table in csvw["tables"]}
    assert {file: [column["titles"] for column in columns] for file, columns in described.items()} == headers
    assert {
        f"data/{records['@id']}.csv": [field["source"]["extract"]["column"] for field in records["field"]]
        for records in croissant["recordSet"]
        if "/" not in records["@id"]
    } == headers
    sums = dict(reversed(line.split("  ")) for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines())
    listed = {file["@id"]: file["sha256"] for file in croissant["distribution"]}
    assert listed.keys() == {*headers, f"{package.name}.duckdb"}
    assert {file: sums[file] for file in listed} == listed
    for file, digest in listed.items():
        assert hashlib.sha256((folder / file).read_bytes()).hexdigest() == digest
        assert f"{(folder / file).stat().st_size} B" in [one["contentSize"] for one in croissant["distribution"]]
    assert {resource.descriptor["hash"].removeprefix("sha256:") for resource in package} < set(listed.values())
    write_crate(folder, tmp_path / "new" / "crate")
    graph = {thing["@id"]: thing for thing in read(tmp_path / "new" / "crate", "ro-crate-metadata.json")["@graph"]}
    assert {file: graph[file]["sha256"] for file in sums} == sums
    assert {part["@id"] for part in graph["./"]["hasPart"]} == {*sums, "SHA256SUMS"}
    assert (graph["./"]["name"], graph["./"]["version"]) == (package.descriptor["title"], package.version)


def header(file: Path) -> list[str]:
    with file.open(encoding="utf-8", newline="") as stream:
        return next(csv.reader(stream))


@pytest.mark.parametrize("kind", KINDS)
def test_keys_and_references_are_those_of_the_contract(kind, releases):
    folder = releases[kind]
    package = load_published(folder)
    croissant, csvw = read(folder, "croissant.json"), read(folder, "csv-metadata.json")
    names = {field["@id"] for records in croissant["recordSet"] for field in records["field"]}
    files = {file["@id"] for file in croissant["distribution"]}
    references = 0
    for records in croissant["recordSet"]:
        for field in records["field"]:
            reference = field.get("references", {})
            if "fileObject" in reference:
                references += 1
                assert reference["fileObject"]["@id"] in files
                table = reference["fileObject"]["@id"].removeprefix("data/").removesuffix(".csv")
                assert f"{table}/{reference['extract']['column']}" in names
            elif reference:
                assert reference["field"]["@id"] in names
    # A table's first reference is never one of a column that may be blank: mlcroissant could not load the table.
    untold = {"real": 4, "rich": 4, "bare": 0}
    singles = sum(len({key.fields for key in table.foreign_keys if len(key.fields) == 1}) for table in package)
    assert references == singles - untold[kind]
    for table, records, described in zip(package, croissant["recordSet"], csvw["tables"], strict=False):
        key = [one["@id"] for one in records["key"]]
        assert key == [f"{table.name}/{field}" for field in table.primary_key]
        assert described["tableSchema"]["primaryKey"] == [field.replace("-", "%2D") for field in table.primary_key]
        assert len(described["tableSchema"].get("foreignKeys", [])) == len(table.foreign_keys)


def test_what_the_contract_does_not_say_is_left_out(releases):
    bare = releases["bare"]
    assert read(bare, ".zenodo.json") == {
        "upload_type": "dataset", "title": "Trees of an orchard", "version": "0.1.0", "publication_date":
        catalogues.DATE, "description": "<p>A Data Package of CSV files. Its tables: trees, harvests, corrections, "
        "tombstones.</p>", "creators": [{"name": "A gardener"}], "access_right": "open", "license": "CC0-1.0",
    }  # fmt: skip
    assert read(bare, "croissant.json").keys().isdisjoint({"url", "identifier", "keywords", "isBasedOn", "publisher"})
    assert read(bare, "datacite.json").keys().isdisjoint({"doi", "descriptions", "subjects", "relatedItems"})
    assert not (bare / "mappings.sssom.tsv").exists()


def test_a_build_that_is_no_release_has_no_date_and_no_datacite(orchard, without_frictionless):
    folder = catalogues.made(orchard).folder
    assert not list(folder.glob("datacite.*"))
    assert "datePublished" not in read(folder, "croissant.json")
    assert set(FORMS) <= {path.name for path in folder.iterdir()}
    with pytest.raises(Exception, match="it has no date, and an RO-Crate must have one"):
        write_crate(folder, orchard / "crate")
    assert not (orchard / "crate").exists()
