"""croissant.json: a release for those who load data sets by machine, and for search engines.

Source: Croissant 1.1 (JSON-LD that is schema.org/Dataset too). A table is a record set, a field's list of values a
record set with the values in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fmdata.about import About, about, given
from fmdata.contract import Field, Package, Resource
from fmdata.contract.types import truths
from fmdata.metadata.form import as_agent, as_licence, as_work, media_type, write_lines
from fmdata.writers.citation import citation
from fmdata.writers.csv import DATA

FILE = "croissant.json"
_ALIASES = (
    "annotation", "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "excludes", "extract", "field",
    "fileObject", "fileProperty", "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5",
    "parentField", "path", "readLines", "recordSet", "references", "regex", "repeated", "replace", "samplingRate",
    "sdVersion", "separator", "source", "subField", "transform", "unArchive", "value",
)  # fmt: skip
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    **{word: f"cr:{word}" for word in _ALIASES},
}
_TYPES = {
    "boolean": "sc:Boolean", "date": "sc:Date", "datetime": "sc:DateTime", "integer": "sc:Integer",
    "number": "sc:Float", "time": "sc:Time", "year": "sc:Integer",
}  # fmt: skip
# The texts that loaders of CSV take for a missing value unasked: Croissant cannot name another.
_BLANKS = frozenset({"", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "<NA>", "#N/A"})


def write_croissant(package: Package, folder: Path, hashes: Mapping[str, str]) -> None:
    """Write `folder/croissant.json`; `hashes` are the SHA-256 of the files that it lists, by file."""
    write_lines(folder / FILE, _dataset(package, about(package), folder, hashes))


def _dataset(package: Package, told: About, folder: Path, hashes: Mapping[str, str]) -> dict[str, Any]:
    return given({
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": told.title,
        "alternateName": told.name,
        "description": told.summary,
        "identifier": [word for word in (told.address, told.id) if word],
        "url": told.url,
        "version": told.version,
        "sdVersion": told.version,
        "datePublished": told.date,
        "license": [as_licence(licence) for licence in told.licences],
        "creator": [as_agent(agent) for agent in told.creators],
        "contributor": [as_agent(agent) for agent in told.contributors],
        "publisher": as_agent(told.publisher) if told.publisher else None,
        "keywords": list(told.keywords),
        "isBasedOn": [as_work(source) for source in told.sources],
        "citeAs": citation(package),
        "distribution": [_file(file, folder, hashes[file]) for file in sorted(hashes)],
        "recordSet": [*(_records(resource) for resource in package), *_enumerations(package)],
    })  # fmt: skip


def _file(file: str, folder: Path, sha256: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file,
        "name": file.rpartition("/")[2],
        "contentUrl": file,
        "contentSize": f"{(folder / file).stat().st_size} B",
        "encodingFormat": media_type(file),
        "sha256": sha256,
    }


def _records(resource: Resource) -> dict[str, Any]:
    told = _told(resource)
    return given({
        "@type": "cr:RecordSet",
        "@id": resource.name,
        "name": resource.title,
        "description": resource.description,
        "key": [{"@id": f"{resource.name}/{field}"} for field in resource.primary_key],
        "field": [_field(resource, field, field.name in told) for field in resource.fields],
    })  # fmt: skip


def _told(resource: Resource) -> list[str]:
    """The fields whose references are told: from the first on that is never blank.

    mlcroissant joins a table with what its first reference leads to, and cannot where that column has only blanks.
    """
    fields = [field for field in resource.fields if _reference(resource, field)]
    filled = [field.required or field.name in resource.primary_key for field in fields]
    return [field.name for field in fields[filled.index(True) :]] if any(filled) else []


def _field(resource: Resource, field: Field, refers: bool) -> dict[str, Any]:
    return given({
        "@type": "cr:Field",
        "@id": f"{resource.name}/{field.name}",
        "name": field.name,
        "description": _words(field),
        "dataType": _type(field),
        "source": {"fileObject": {"@id": f"{DATA}/{resource.name}.csv"}, "extract": {"column": field.name}},
        "references": _reference(resource, field) if refers else None,
    })  # fmt: skip


def _words(field: Field) -> str:
    """What the field holds, in what unit, and what a blank in it means."""
    title, words, unit, blank = (field.words(word) for word in ("title", "description", "unit", "blank"))
    text = f"{title}: {words}" if title and words else title or words
    return f"{text}{f' Unit: {unit}.' if unit else ''}{f' Blank: {blank}' if blank else ''}".strip()


def _type(field: Field) -> str:
    """The atomic type of a field: what no loader reads as its type, because of how it is written, is text."""
    plain = field.format == "default" and field.descriptor.get("bareNumber", True)
    plain = plain and not field.descriptor.get("groupChar") and field.descriptor.get("decimalChar", ".") == "."
    plain = plain and _BLANKS.issuperset(field.missing_values[:1])
    if field.type == "string" and field.format == "uri":
        return "sc:URL"
    if field.type == "boolean":
        plain = plain and [words[0].lower() for words in truths(field)] == ["true", "false"]
    return _TYPES.get(field.type, "sc:Text") if plain else "sc:Text"


def _reference(resource: Resource, field: Field) -> dict[str, Any] | None:
    """The column whose values a field takes: that of a foreign key of the field's own, else the list of its values.

    Croissant 1.1 would have {"@id": the field} for both, at which mlcroissant 1.1.1 breaks off, as it does at a field
    that leads back to its own table. What is written is what it reads: a column of a file, a field of a list.
    """
    for key in resource.foreign_keys:
        if key.fields == (field.name,):
            return {
                "fileObject": {"@id": f"{DATA}/{key.resource}.csv"},
                "extract": {"column": key.reference_fields[0]},
            }
    return {"field": {"@id": f"{resource.name}/{field.name}/values/value"}} if _listed(field) else None


def _listed(field: Field) -> list[str]:
    """The values that a field of texts may have, if they are listed."""
    return [str(value) for value in field.constraints.get("enum", ())] if field.type == "string" else []


def _enumerations(package: Package) -> Iterator[dict[str, Any]]:
    """A record set for each list of values, with their labels if they have any."""
    for resource in package:
        for field in resource.fields:
            values = _listed(field)
            key = f"{resource.name}/{field.name}/values"
            labels = {str(item["value"]): str(item.get("label", "")) for item in _categories(field)}
            columns = ["value", "label"] if any(labels.values()) else ["value"]
            if values:
                yield {
                    "@type": "cr:RecordSet",
                    "@id": key,
                    "name": f"Values of {resource.name}.{field.name}",
                    "dataType": "sc:Enumeration",
                    "key": {"@id": f"{key}/value"},
                    "field": [
                        {"@type": "cr:Field", "@id": f"{key}/{column}", "name": column, "dataType": "sc:Text"}
                        for column in columns
                    ],
                    "data": [
                        {f"{key}/{column}": {"value": value, "label": labels.get(value, "")}[column]
                         for column in columns}
                        for value in values
                    ],
                }  # fmt: skip


def _categories(field: Field) -> list[dict[str, Any]]:
    found = field.descriptor.get("categories", [])
    return [item if isinstance(item, dict) else {"value": item} for item in found]
