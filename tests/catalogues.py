"""Releases for tests of what they say to catalogues: the real one, a rich invented one and one that says the least.

Each has the date of a release: what has none says less.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import conftest
from fmdata.release import Release, build

DATE, DOI = "2026-12-01", "10.5555/garden.1"
PERSON = {"title": "Rose Gärtner", "givenName": "Rose", "familyName": "Gärtner", "path":
          "https://orcid.org/0000-0002-1825-0097", "organization": "Garden & Sons", "roles": ["creator"]}  # fmt: skip
HELPER = {"title": "Ivy Climber", "givenName": "Ivy", "familyName": "Climber", "roles": ["data-curator"]}
PUBLISHER = {"title": "The Garden Press", "path": "https://press.example.org/", "roles": ["publisher"]}
BOOK = {"title": "On <beds> & “borders”", "type": "book", "date": "1999", "publisher": "Old Press", "authors":
        [{"givenName": "Mary", "familyName": "Digger"}, {"title": "A society"}]}  # fmt: skip
PAPER = {"title": "Growth", "type": "article", "path": "https://doi.org/10.5555/growth.7", "author": "Lou"}


def _field(name: str, kind: str = "string", **words: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, **words}


def _table(name: str, fields: list[dict[str, Any]], key: str, **words: Any) -> dict[str, Any]:
    of_schema = {word: words.pop(word) for word in ("foreignKeys", "missingValues") if word in words}
    schema = {"fields": fields, "primaryKey": key, **of_schema}
    return {"name": name, "path": f"dist/latest/data/{name}.csv", "schema": schema, **words}


def _link(field: str, resource: str, to: str) -> dict[str, Any]:
    return {"fields": [field], "reference": {"resource": resource, "fields": [to]}}


REQUIRED = {"constraints": {"required": True}}
PLANTS = [
    _field("plant_id", **REQUIRED, title="Plant", description="Key."),
    _field("parent_id", blank="Not known."),
    _field("height", "integer", unit="cm", constraints={"minimum": 1, "maximum": 500}),
    _field("weight", "number", constraints={"minimum": 0}),
    _field("is_tree", "boolean"),
    _field("is_sold", "boolean", trueValues=["yes"], falseValues=["no"]),
    _field("planted", "date"),
    _field("felled", "date", format="%d/%m/%Y"),
    _field("seen_at", "datetime", format="%Y-%m-%dT%H:%M:%SZ"),
    _field("watered", "time"),
    _field("sown", "year", constraints={"minimum": "1900"}),
    _field("page", format="uri"),
    _field("light", categories=[{"value": "sun", "label": "Much light"}, {"value": "half-shade", "label": "Some"}],
           constraints={"required": True, "enum": ["sun", "half-shade"]}),
    _field("note", constraints={"pattern": "[^|]*", "minLength": 2, "maxLength": 40}),
]  # fmt: skip
# In the order of the extract's header.
MAPPINGS = [_field("mapping_id", **REQUIRED), _field("plant_id", **REQUIRED), *(
    _field(name, **REQUIRED) for name in
    ("subject_label", "predicate_id", "object_id", "object_label", "object_source", "mapping_justification")
), _field("predicate_modifier"), _field("comment")]  # fmt: skip
FILES = {
    "plants": """plant_id,parent_id,height,weight,is_tree,is_sold,planted,felled,seen_at,watered,sown,page,light,note
oak,,400,12.5,true,no,2001-03-04,05/06/2020,2026-01-02T03:04:05Z,06:07:08,1999,https://example.org/oak,sun,"two
lines, ""quoted"" — é"
ash,oak,,,,yes,,,,,,,half-shade,
fern,oak,30,1e-07,false,,2020-02-29,,,,2020,,half-shade,# no comment
""",
    "mappings": ",".join(field["name"] for field in MAPPINGS)
    + """
m-1,oak,Oak,skos:exactMatch,GARD:1,oak tree,GARD,semapv:ManualMappingCuration,,"a ""tab""	and, more"
m-2,oak,Oak,skos:exactMatch,GARD:2,oak gall,GARD,semapv:ManualMappingCuration,Not,
m-3,fern,Fern,skos:broadMatch,WILD:x_1,NA,WILD,semapv:ManualMappingCuration,,
""",
    "vocabularies": """prefix,uri_prefix
GARD,https://garden.example.org/id/
WILD,https://wild.example.org/#/
""",
    "marks": """mark_id,size,word
m1,-,one
m2,2,-
""",
    "empty": """empty_id,plant_id
""",
    "blank": """blank_id,plant_id,parent_id,light
b1,,,sun
b2,,,sun
""",
}
RICH = {
    "name": "garden", "title": "Plants of a garden: “beds” & <borders>", "version": "1.2.3",
    "id": "urn:uuid:0d8f1a52-52f3-4a94-8c0e-0f8a1d9f2b11", "homepage": "https://garden.example.org/",
    "description": "What grows in a garden.\n\nAnd <where> & since when.", "keywords": ["plants", "a & b", "plants"],
    "licenses": [{"name": "CC0-1.0", "path": "https://creativecommons.org/publicdomain/zero/1.0/"},
                 {"name": "ODbL-1.0", "title": "Open Database License"}],
    "contributors": [PERSON, HELPER, PUBLISHER], "sources": [BOOK, PAPER],
    "resources": [
        _table("plants", PLANTS, "plant_id", title="Plants", description="One row is a plant.",
               foreignKeys=[_link("parent_id", "plants", "plant_id")]),
        _table("mappings", MAPPINGS, "mapping_id", role="mappings", title="Names elsewhere", foreignKeys=[
            _link("plant_id", "plants", "plant_id"), _link("object_source", "vocabularies", "prefix")]),
        _table("vocabularies", [_field("prefix", **REQUIRED), _field("uri_prefix", **REQUIRED)], "prefix"),
        _table("marks", [_field("mark_id", **REQUIRED), _field("size", "integer"), _field("word")], "mark_id",
               missingValues=["-"]),
        _table("blank", [_field("blank_id", **REQUIRED), _field("plant_id"), _field("parent_id"),
                         _field("light", constraints={"required": True, "enum": ["sun"]})], "blank_id", foreignKeys=[
            _link("plant_id", "plants", "plant_id"), _link("parent_id", "plants", "plant_id")]),
        _table("empty", [_field("empty_id", **REQUIRED), _field("plant_id")], "empty_id",
               foreignKeys=[_link("plant_id", "plants", "plant_id")]),
    ],
}  # fmt: skip


def rich(root: Path, doi: str = DOI) -> Path:
    """Make the invented project at the new folder `root`: everything that a contract can say to catalogues."""
    named = f"\nDOI: https://doi.org/{doi}\n" if doi else ""
    texts = {
        "datapackage.json": json.dumps(RICH, ensure_ascii=False, indent=2),
        "LICENSE": "CC0\n",
        "CHANGELOG.md": f"# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - {DATE}\n{named}",
        **{f"raw/{name}.csv": text for name, text in FILES.items()},
    }
    for file, text in texts.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text, encoding="utf-8")
    return root


def dated(root: Path) -> Path:
    """Give the version of a project a date in its changelog, if it has none."""
    version = json.loads((root / "datapackage.json").read_text(encoding="utf-8"))["version"]
    changelog = root / "CHANGELOG.md"
    text = changelog.read_text(encoding="utf-8")
    if f"## [{version}]" not in text:
        head, mark, rest = text.partition("## [Unreleased]\n")
        part = f"\n## [{version}] - {DATE}\n"
        changelog.write_text(f"{head}{mark}{part}{rest}" if mark else f"{text}{part}", encoding="utf-8")
    return root


def real(root: Path) -> Path:
    """The real project at the new folder `root`, as it would be released."""
    return dated(conftest.copy_inputs(root, releases=True))


def made(root: Path) -> Release:
    return build(root, lambda _: None)
