"""Validators that are not ours pass what a release says of itself: the real one, a rich one, one that says the least.

That each of them can refuse is proved in test_validators_refuse.py. What they need is in an environment of its own:
make .venv-validators/.ready.
"""

from __future__ import annotations

import csv
import datetime
import json
import shutil
import subprocess
from pathlib import Path

import pytest

import catalogues
import conftest
import proofs
from fmdata.contract import Field
from fmdata.contract.load import load_published
from fmdata.metadata.crate import write_crate

pytestmark = pytest.mark.heavy
KINDS = ("real", "rich", "bare")
# What mlcroissant 1.1.1 reads otherwise than it is, because it leaves the types of CSV to pandas' guess: numbers in a
# text column with blanks, as 131 → 131.0; and the texts that pandas takes for a blank.
AS_NUMBERS = {
    ("bibliography", "volume"), ("bibliography", "issue"), ("bibliography_notices", "issue"),
    ("corrections", "wrong_value"), ("corrections", "right_value"),
}  # fmt: skip
AS_BLANKS = {("mappings", "object_label", "NA")}


@pytest.fixture(scope="module")
def releases(tmp_path_factory, orchard_base) -> dict[str, Path]:
    """A release of each kind."""
    aside = tmp_path_factory.mktemp("releases")
    roots = {"real": catalogues.real(aside / "real"), "rich": catalogues.rich(aside / "rich"), "bare": orchard_base}
    return {kind: catalogues.made(root).folder for kind, root in roots.items()}


@pytest.fixture(scope="module")
def orchard_base(tmp_path_factory) -> Path:
    """The orchard with a date: neither description, keywords, homepage, sources nor mappings."""
    root = shutil.copytree(conftest.BASES / "orchard", tmp_path_factory.mktemp("bare") / "orchard")
    return catalogues.dated(Path(root))


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    """The cache of rocrate-validator, filled offline."""
    proofs.skip_without(node=True)
    place = tmp_path_factory.mktemp("cache") / "rocrate"
    subprocess.run([proofs.VALIDATORS / "python", "validators/offline.py", place], cwd=proofs.ROOT, check=True)
    return place


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def fine(name: str, folder: Path, **places) -> str:
    done = proofs.run(name, folder, **places)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


PLAIN = ("frictionless", "Data Package 2.0", "cffconvert", "mlcroissant validate", "DataCite 4.6", "csvwvalidate")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", PLAIN)
def test_it_is_valid(name, kind, releases):
    told = fine(name, releases[kind])
    if name == "csvwvalidate":
        assert "OK" in told


@pytest.mark.parametrize("kind", KINDS)
def test_citations_are_read_whole(kind, releases):
    package = load_published(releases[kind])
    titles = [package.descriptor["title"], *(source["title"] for source in package.descriptor.get("sources", ()))]
    read = json.loads(fine("parsers of citations", releases[kind]))
    assert read["csl"] == read["ris"] == titles
    assert len(read["bib"]) == len(read["apa"]) == len(titles)
    assert f"(Version {package.version})" in read["apa"][0]
    if kind != "rich":
        # What LaTeX would misread is escaped in the others: see test_formats.
        assert [title.replace("{", "").replace("}", "") for title in read["bib"]] == titles


@pytest.mark.parametrize("kind", KINDS)
def test_datapackage_of_npm_reads_every_row(kind, releases):
    package = load_published(releases[kind])
    read = json.loads(fine("datapackage", releases[kind]))
    assert read == {resource.name: resource.descriptor["rowCount"] for resource in package}


@pytest.mark.parametrize("kind", KINDS)
def test_mlcroissant_loads_every_cell(kind, releases):
    package = load_published(releases[kind])
    loaded = json.loads(fine("mlcroissant load", releases[kind]))
    lists = {key: rows for key, rows in loaded.items() if "/" in key}
    assert loaded.keys() - lists.keys() == {resource.name for resource in package}
    cells = 0
    for resource in package:
        rows = table(releases[kind], resource.name)
        assert len(loaded[resource.name]) == len(rows) == resource.descriptor["rowCount"]
        for row, found in zip(rows, loaded[resource.name], strict=True):
            assert found.keys() == row.keys()
            for field in resource.fields:
                text, value = row[field.name], found[field.name]
                assert loaded_right(resource.name, field, text, value), (resource.name, field.name, text, value)
                cells += 1
    assert cells == sum(r.descriptor["rowCount"] * len(r.fields) for r in package)
    for resource in package:
        for field in resource.fields:
            if field.type == "string" and (values := field.constraints.get("enum")):
                assert [row["value"] for row in lists[f"{resource.name}/{field.name}/values"]] == values


def loaded_right(name: str, field: Field, text: str, value: object) -> bool:
    """Whether what was loaded is the cell, as what its type is; exactly so, but for what is told above."""
    if text == "" or (name, field.name, text) in AS_BLANKS:
        return value is None
    if (name, field.name) in AS_NUMBERS and value == f"{text}.0":
        return True
    if field.missing_values != ("",) or field.format not in ("default", "uri"):
        return value == text
    if field.type == "date":
        return value == f"{datetime.date.fromisoformat(text)}T00:00:00"
    typed = {"integer": int, "year": int, "number": float}.get(field.type, str)(text)
    if field.type == "boolean" and "trueValues" not in field.descriptor:
        typed = text == "true"
    return value == typed and type(value) is type(typed)


@pytest.mark.parametrize("kind", ["real", "rich"])
def test_sssom_has_as_many_mappings_as_the_table(kind, releases):
    """Counted in, counted out: what validates a file drops rows, and says nothing of it."""
    folder = releases[kind]
    name = next(resource.name for resource in load_published(folder) if resource.role == "mappings")
    rows = table(folder, name)
    fine("sssom validate", folder)
    read = json.loads(fine("sssom parser", folder))
    slots = {*read["rows"][0]} - {"subject_type"}
    assert {"subject_label", "predicate_modifier", "predicate_id", "object_id", "comment"} < slots
    blanked = {text for _, column, text in AS_BLANKS if column in slots}

    def sorted_cells(found):
        return sorted(tuple(("" if row[slot] in blanked else row[slot]) for slot in sorted(slots)) for row in found)

    assert len(read["rows"]) == len(rows)
    assert sorted_cells(read["rows"]) == sorted_cells(rows)
    assert sum(row["predicate_modifier"] == "Not" for row in read["rows"]) > 0
    assert {row["object_source"] for row in rows} <= read["prefixes"].keys()
    assert {read["prefixes"][row["prefix"]] for row in table(folder, "vocabularies")} == {
        row["uri_prefix"] for row in table(folder, "vocabularies")
    }


def test_without_mappings_there_is_no_file_of_them(releases):
    assert not (releases["bare"] / "mappings.sssom.tsv").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_crate_is_valid(kind, releases, cache, tmp_path):
    write_crate(releases[kind], tmp_path / "crate")
    told = fine("rocrate-validator", releases[kind], crate=tmp_path / "crate", cache=cache)
    assert "is a valid ro-crate-1.2" in told


@pytest.mark.parametrize("kind", KINDS)
def test_zenodo_is_told_what_cffconvert_would_tell_it(kind, releases):
    """No validator of .zenodo.json is to be had offline; cffconvert makes one of CITATION.cff."""
    proofs.skip_without(node=False)
    command = [proofs.VALIDATORS / "cffconvert", "-f", "zenodo", "-i", releases[kind] / "CITATION.cff"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    theirs = json.loads(done.stdout)
    ours = json.loads((releases[kind] / ".zenodo.json").read_text(encoding="utf-8"))
    same = {"title", "version", "publication_date", *({"keywords"} & theirs.keys())}
    assert {word: ours[word] for word in same} == {word: theirs[word] for word in same}
    assert [one["name"] for one in ours["creators"]] == [one["name"] for one in theirs["creators"]]
    assert [one.get("orcid") for one in ours["creators"]] == [one.get("orcid") for one in theirs["creators"]]
