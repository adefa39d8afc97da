"""Which tables of a contract tell where things stand: found by their links, their field names fixed by the engine.

The `generated` provenance names the cells; its `passage_id` leads to the places, and their `source_id` and `section_id`
to the sources and sections. The ledger of lines says so itself, with its `role`; so do two extracts that the engine
writes: `anchors`, the measures of each place, and `word_runs`, the hashes that keep a source's sentences out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fmdata.contract.model import Package, Resource
from fmdata.errors import FmdataError

GENERATED = "provenance"
CELLS = ("table_name", "row_key", "column_name", "passage_id", "derivation", "as_written")
POSITION = ("line_start", "line_end", "sentence_number")
MEASURES = ("char_start", "char_end", "token_count", "span_sha256", "prefix_sha256", "suffix_sha256")
SOURCE = ("capture_sha256", "capture_bytes", "capture_lines")
LEDGER = ("source_id", "line_number", "status", "reason")
ANCHORS = (*POSITION, *MEASURES, "value_hashes", "capture_sha256", "row_hash")
WORD_RUNS = ("line_number", "is_bibliographic", "run_hashes", "row_hash")
EXTRACTED = "extracted"
"""The status of a line from which something was taken."""
ANCHOR_AGAIN = "Run `fmdata anchor` with the captured text"
"""What to do about anchors and word runs that are not those of the text."""
WRITTEN = {"anchors": ANCHORS, "word_runs": WORD_RUNS}
CORRECTION = (
    "table_name", "row_key", "column_name", "wrong_value", "right_value", "reason", "evidence", "reported_on",
    "reported_by", "reporter_role", "status",
)  # fmt: skip
TOMBSTONE = ("table_name", "row_key", "fate", "merged_into", "since_version", "reason")
LOG = ("version", "table_name", "row_key", "column_name", "change", "old_value", "new_value", "reason")
KEPT = {"corrections": CORRECTION, "tombstones": TOMBSTONE}
"""What curators keep of what became of rows, as extracts and as published tables: the roles and their fields."""
_TYPES = {
    "integer": {*POSITION, "char_start", "char_end", "token_count", "capture_bytes", "capture_lines", "line_number"},
    "boolean": {"is_bibliographic"},
    "date": {"reported_on"},
}


@dataclass(frozen=True)
class Lineage:
    """The published tables of where things stand; `sources`, `sections` and `ledger` are None where there are none.

    `place_key` and `section_key` are the fields by which cells name their place, and places their section.
    """

    cells: Resource
    places: Resource
    place_key: str
    sources: Resource | None
    sections: Resource | None
    section_key: str
    ledger: Resource | None


def lineage(package: Package) -> Lineage | None:
    """The tables of where things stand, None for a contract without provenance. Raises `FmdataError` for half a one."""
    cells = next((resource for resource in package if resource.generated == GENERATED), None)
    if cells is None:
        return None
    if tuple(cells.names()) != CELLS:
        raise FmdataError(f"{package.path}: {cells.name} is generated; expected the fields {', '.join(CELLS)}.")
    places, place_key = _target(package, cells, "passage_id")
    if places is None:
        raise FmdataError(f"{package.path}: {cells.name} needs one foreign key, from passage_id to the places.")
    sources, source_key = _target(package, places, "source_id")
    if sources and source_key != "source_id":
        found = f"the source_id of {places.name} leads to {source_key} of {sources.name}"
        raise FmdataError(f"{package.path}: {found}; expected source_id. Rename the field.")
    sections, section_key = _target(package, places, "section_id")
    return Lineage(cells, places, place_key, sources, sections, section_key, _ledger(package))


def _ledger(package: Package) -> Resource | None:
    """The ledger of lines: each line once, its status out of a list that has the engine's word for a line in use."""
    ledger = next((resource for resource in package if resource.role == "ledger"), None)
    if ledger is None:
        return None
    _expect(package, ledger, LEDGER)
    if {"source_id", "line_number"} not in map(set, ledger.keys):
        raise FmdataError(f"{package.path}: {ledger.name} has no key of source_id and line_number. Add it.")
    if EXTRACTED not in ledger.field("status").constraints.get("enum", []):
        raise FmdataError(f'{package.path}: {ledger.name}.status needs an enum with "{EXTRACTED}" in it. Add it.')
    return ledger


@dataclass(frozen=True)
class Anchoring:
    """What it takes to anchor: the tables that are measured, and the two extracts that hold the measures."""

    cells: Resource
    places: Resource
    place_key: str
    sources: Resource
    ledger: Resource | None
    anchors: Resource
    word_runs: Resource


def anchoring(package: Package, raw: Package) -> Anchoring | None:
    """The tables of a project that anchors its places, None for one that does not. Raises `FmdataError` for half."""
    if not any(resource.role in WRITTEN for resource in raw):
        return None
    anchors, word_runs = (_written(raw, role, fields) for role, fields in WRITTEN.items())
    found = lineage(package)
    if found is None:
        raise FmdataError(f'{package.path}: no resource is "generated": "provenance"; anchoring needs it. Add it.')
    if found.sources is None:
        place = found.places.name
        raise FmdataError(f"{package.path}: {place} has no foreign key from source_id to the sources. Add it.")
    _expect(package, found.places, ("source_id", *POSITION, *MEASURES))
    _expect(package, found.sources, ("source_id", *SOURCE))
    return Anchoring(found.cells, found.places, found.place_key, found.sources, found.ledger, anchors, word_runs)


def with_role(package: Package, role: str) -> Resource | None:
    """The resource that keeps corrections or tombstones, None where there is none.

    Raises `FmdataError` for one without the fields of its role.
    """
    resource = next((resource for resource in package if resource.role == role), None)
    if resource:
        _expect(package, resource, KEPT[role])
    return resource


def _written(raw: Package, role: str, fields: tuple[str, ...]) -> Resource:
    """The extract of a role, its fields those that `fmdata anchor` writes."""
    resource = next((resource for resource in raw if resource.role == role), None)
    if resource is None:
        raise FmdataError(f'{raw.path}: no extract has the role "{role}"; expected both roles or none. Add it.')
    _expect(raw, resource, fields)
    if tuple(resource.names()) != fields:
        wanted = f"the fields {', '.join(fields)}, in this order"
        raise FmdataError(f"{raw.path}: {resource.name} has other fields than its role; expected {wanted}.")
    return resource


def _target(package: Package, resource: Resource, field: str) -> tuple[Resource | None, str]:
    """The table that a field of a resource leads to, and that table's field; None where there is no such field."""
    if field not in resource.names():
        return None, ""
    links = [key for key in resource.foreign_keys if key.fields == (field,)]
    if len(links) != 1 and any(field in key.fields for key in resource.foreign_keys):
        raise FmdataError(f"{package.path}: {resource.name}.{field} needs one foreign key of its own. Correct it.")
    return (package.resource(links[0].resource), links[0].reference_fields[0]) if links else (None, "")


def _expect(package: Package, resource: Resource, fields: Sequence[str]) -> None:
    """Raise `FmdataError` for fields that the resource lacks, or that are of another type than the engine's."""
    for field in fields:
        if field not in resource.names():
            raise FmdataError(f"{package.path}: {resource.name} has no field {field}; its role needs it. Add it.")
        kind = next((kind for kind, names in _TYPES.items() if field in names), "string")
        if resource.field(field).type != kind:
            found = f"{resource.name}.{field} is of the type {resource.field(field).type}"
            raise FmdataError(f"{package.path}: {found}; expected {kind}. Correct the type.")
