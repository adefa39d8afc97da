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
WRITTEN = {"anchors": ANCHORS, "word_runs": WORD_RUNS}
_TYPES = {
    "integer": {*POSITION, "char_start", "char_end", "token_count", "capture_bytes", "capture_lines", "line_number"},
    "boolean": {"is_bibliographic"},
}


@dataclass(frozen=True)
class Lineage:
    """The published tables of where things stand; `sources`, `sections` and `ledger` are None where there are none."""

    cells: Resource
    places: Resource
    sources: Resource | None
    sections: Resource | None
    ledger: Resource | None

    @property
    def place_key(self) -> str:
        """The field of the places by which a cell names its place."""
        [key] = [key for key in self.cells.foreign_keys if key.fields == ("passage_id",)]
        return key.reference_fields[0]


def lineage(package: Package) -> Lineage | None:
    """The tables of where things stand, None for a contract without provenance. Raises `FmdataError` for half a one."""
    cells = [resource for resource in package if resource.generated == GENERATED]
    if not cells:
        return None
    if tuple(cells[0].names()) != CELLS:
        raise FmdataError(f"{package.path}: {cells[0].name} is generated; expected the fields {', '.join(CELLS)}.")
    places = _target(package, cells[0], "passage_id")
    if places is None:
        raise FmdataError(f"{package.path}: {cells[0].name} needs one foreign key, from passage_id to the places.")
    ledgers = [resource for resource in package if resource.role == "ledger"]
    if ledgers:
        _expect(package, ledgers[0], LEDGER)
    sources, sections = (_target(package, places, field) for field in ("source_id", "section_id"))
    return Lineage(cells[0], places, sources, sections, ledgers[0] if ledgers else None)


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
    written = {role: next((r for r in raw if r.role == role), None) for role in WRITTEN}
    if not any(written.values()):
        return None
    anchors, word_runs = written.values()
    for role in [role for role, resource in written.items() if resource is None]:
        raise FmdataError(f'{raw.path}: no extract has the role "{role}"; expected both roles or none. Add it.')
    found = lineage(package)
    if found is None:
        raise FmdataError(f'{package.path}: no resource is "generated": "provenance"; anchoring needs it. Add it.')
    if found.sources is None:
        place = found.places.name
        raise FmdataError(f"{package.path}: {place} has no foreign key from source_id to the sources. Add it.")
    if anchors is None or word_runs is None:
        return None
    for resource, fields in ((anchors, ANCHORS), (word_runs, WORD_RUNS)):
        _expect(raw, resource, fields)
        if tuple(resource.names()) != fields:
            wanted = f"the fields {', '.join(fields)}, in this order"
            raise FmdataError(f"{raw.path}: {resource.name} has other fields than its role; expected {wanted}.")
    _expect(package, found.places, ("source_id", *POSITION, *MEASURES))
    _expect(package, found.sources, ("source_id", *SOURCE))
    return Anchoring(found.cells, found.places, found.place_key, found.sources, found.ledger, anchors, word_runs)


def _target(package: Package, resource: Resource, field: str) -> Resource | None:
    names = [key.resource for key in resource.foreign_keys if key.fields == (field,)]
    return package.resource(names[0]) if len(names) == 1 else None


def _expect(package: Package, resource: Resource, fields: Sequence[str]) -> None:
    """Raise `FmdataError` for fields that the resource lacks, or that are of another type than the engine's."""
    for field in fields:
        if field not in resource.names():
            raise FmdataError(f"{package.path}: {resource.name} has no field {field}; its role needs it. Add it.")
        kind = next((kind for kind, names in _TYPES.items() if field in names), "string")
        if resource.field(field).type != kind:
            found = f"{resource.name}.{field} is of the type {resource.field(field).type}"
            raise FmdataError(f"{package.path}: {found}; expected {kind}. Correct the type.")
