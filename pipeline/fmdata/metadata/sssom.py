"""mappings.sssom.tsv: the mappings of a release to vocabularies, of a contract that has a table of them.

Source: SSSOM 1.1 (A Simple Standard for Sharing Ontological Mappings), the form SSSOM/TSV. A row is a row of the table;
the subject of a mapping is a text, unless the table has subject_id. What the table has besides SSSOM's own slots goes
along as extensions.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fmdata.about import About, about
from fmdata.contract import Field, Package, Resource
from fmdata.contract.roles import mappings
from fmdata.writers.csv import DATA

FILE = "mappings.sssom.tsv"
UNSPECIFIED = "https://w3id.org/sssom/license/unspecified"
# The slots of a mapping, in SSSOM's order. The source of an object is a prefix in the table, which is no reference; it
# stands in object_id.
SLOTS = (
    "record_id", "subject_id", "subject_label", "subject_category", "predicate_id", "predicate_label",
    "predicate_modifier", "object_id", "object_label", "object_category", "mapping_justification", "author_id",
    "author_label", "reviewer_id", "reviewer_label", "creator_id", "creator_label", "license", "subject_type",
    "subject_source", "subject_source_version", "object_type", "object_source_version", "mapping_provider",
    "mapping_source", "mapping_cardinality", "mapping_tool", "mapping_tool_version", "mapping_date", "publication_date",
    "confidence", "curation_rule_text", "subject_match_field", "object_match_field", "match_string",
    "subject_preprocessing", "object_preprocessing", "similarity_score", "similarity_measure", "see_also",
    "issue_tracker_item", "other", "comment",
)  # fmt: skip
_BUILT_IN = {"semapv": "https://w3id.org/semapv/vocab/", "skos": "http://www.w3.org/2004/02/skos/core#"}
# Bytes of a record that an extract may have: more than the csv module takes unasked.
_LONGEST = 1 << 23
_TEXT = "http://www.w3.org/2001/XMLSchema#string"


def write_sssom(package: Package, folder: Path) -> None:
    """Write `folder/mappings.sssom.tsv`, if the contract has a table of mappings, from the CSV files in `folder`."""
    tables = mappings(package)
    if tables is None:
        return
    table, vocabularies = tables
    prefixes = {row["prefix"]: row["uri_prefix"] for row in _rows(vocabularies, folder)}
    columns = _columns(table)
    with (folder / FILE).open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(f"#{line}\n" for line in _head(about(package), table, {**prefixes, **_BUILT_IN}))
        writer = csv.writer(stream, delimiter="\t", lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([row[column] for column in columns] for row in _rows(table, folder))


def _columns(table: Resource) -> list[str]:
    """The slots that the table fills, and its extensions."""
    own = table.names()
    return [slot for slot in SLOTS if slot in own] + [field.name for field in _extensions(table)]


def _extensions(table: Resource) -> list[Field]:
    return [field for field in table.fields if field.name not in (*SLOTS, "object_source") and _is_name(field.name)]


def _is_name(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z_][A-Za-z0-9._-]*", text) is not None


def _head(told: About, table: Resource, prefixes: Mapping[str, str]) -> Iterator[str]:
    """The lines about the set, as YAML."""
    name = told.address or (told.id if ":" in told.id else told.homepage)
    slots: dict[str, Any] = {
        "sssom_version": "1.1",
        "mapping_set_id": f"{name}#{table.name}",
        "mapping_set_version": told.version,
        "mapping_set_title": f"{told.title}: {table.title}",
        "mapping_set_description": table.description,
        "creator_label": [agent.name for agent in told.creators],
        "license": next((licence.url for licence in told.licences if licence.url), UNSPECIFIED),
        "publication_date": told.date,
        "subject_type": "" if "subject_id" in table.names() else "rdfs literal",
        "curie_map": dict(sorted(prefixes.items())),
        "extension_definitions": [{"slot_name": field.name, "type_hint": _TEXT} for field in _extensions(table)],
    }
    for slot, value in slots.items():
        # What is JSON is YAML.
        if value:
            yield f"{slot}: {json.dumps(value, ensure_ascii=False)}"


def _rows(table: Resource, folder: Path) -> Iterator[dict[str, str]]:
    """The published rows of a table, a blank as the empty text."""
    blanks = {field.name: next(iter(field.missing_values), "") for field in table.fields}
    csv.field_size_limit(_LONGEST)
    with (folder / DATA / f"{table.name}.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield {name: "" if text == blanks[name] else text for name, text in row.items()}
