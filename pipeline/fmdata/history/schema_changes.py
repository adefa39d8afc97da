"""What changed between two contracts, each change with the rule that weighs it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from fmdata.contract import Field, Package, Resource
from fmdata.contract.release import ADDED_TO_PACKAGE, ADDED_TO_RESOURCE
from fmdata.contract.types import truths
from fmdata.history.constraint_changes import constraint_changes
from fmdata.history.key_changes import key_changes
from fmdata.history.recipe import (
    FIELD_ADDED,
    FIELD_REMOVED,
    IDENTITY,
    REORDERED,
    TABLE_ADDED,
    TABLE_REMOVED,
    TYPE,
    WORDS,
    Rule,
)
from fmdata.history.renames import Renames

# What is no part of what a package says: where files are and how long, what the version is that is asked for, and what
# is compared on its own.
_PACKAGE = ADDED_TO_PACKAGE | {"name", "id", "version", "created", "resources", "views", "$schema"}
_RESOURCE = ADDED_TO_RESOURCE | {"name", "path", "schema"}
_READ = ("trueValues", "falseValues", "decimalChar", "groupChar", "bareNumber", "unit", "categoriesOrdered")
_FIELD = frozenset({"name", "type", "format", "constraints", "missingValues", "allowFormulas", *_READ})
_USUAL = {"decimalChar": ".", "bareNumber": True, "categoriesOrdered": False}
_VIEW = frozenset({"name", "fields"})


class SchemaChange(NamedTuple):
    """One thing that is said in another way: `what` of which `field` (or '') of which `table` (or '').

    Table and field have the names they have now, or had when they are gone; `old` and `new` are JSON values, None for
    nothing.
    """

    table: str
    field: str
    what: str
    old: Any
    new: Any
    rule: Rule


def schema_changes(old: Package, new: Package, renames: Renames) -> list[SchemaChange]:
    """Every change from one contract to the other: of the package, then of the tables in their order, then of views."""
    return [*_package(old, new), *_tables(old, new, renames), *_views(old, new)]


def _package(old: Package, new: Package) -> Iterator[SchemaChange]:
    for word in ("name", "id"):
        before, after = old.descriptor.get(word), new.descriptor.get(word)
        if before != after:
            # An identifier where there was none takes nothing away.
            yield SchemaChange("", "", word, before, after, WORDS if before is None else IDENTITY)
    yield from _words("", "", old.descriptor, new.descriptor, _PACKAGE)


def _tables(old: Package, new: Package, renames: Renames) -> Iterator[SchemaChange]:
    pairs = renames.pairs(old, new)
    for gone in old:
        if gone.name not in {before.name for before, _ in pairs}:
            yield SchemaChange(gone.name, "", "table", gone.name, None, TABLE_REMOVED)
    befores = {after.name: before for before, after in pairs}
    for after in new:
        if after.name not in befores:
            yield SchemaChange(after.name, "", "table", None, after.name, TABLE_ADDED)
            continue
        before = befores[after.name]
        if before.name != after.name:
            yield SchemaChange(after.name, "", "name", before.name, after.name, IDENTITY)
        yield from _words(after.name, "", before.descriptor, after.descriptor, _RESOURCE)
        yield from _fields(before, after, renames)
        for what, was, now, rule in key_changes(before, after, renames):
            yield SchemaChange(after.name, "", what, was, now, rule)
    order, now = [after.name for _, after in pairs], {renames.table(r.name): r for r in old}
    if [name for name in now if name in order] != order:
        yield SchemaChange("", "", "order of tables", [r.name for r in old], [r.name for r in new], WORDS)


def _fields(old: Resource, new: Resource, renames: Renames) -> Iterator[SchemaChange]:
    common = renames.common(old, new)
    for gone in old.fields:
        if gone.name not in {before.name for before, _ in common}:
            yield SchemaChange(new.name, gone.name, "field", gone.name, None, FIELD_REMOVED)
    befores = {after.name: before for before, after in common}
    for after in new.fields:
        if after.name in befores:
            yield from _field(old, new, befores[after.name], after)
        else:
            yield SchemaChange(new.name, after.name, "field", None, after.name, FIELD_ADDED)
    order = [after.name for _, after in common]
    if [name for own in old.fields if (name := renames.field(old.name, own.name)) in order] != order:
        yield SchemaChange(new.name, "", "order of fields", old.names(), new.names(), REORDERED)


def _field(old_table: Resource, new_table: Resource, old: Field, new: Field) -> Iterator[SchemaChange]:
    table = new_table.name
    if old.name != new.name:
        yield SchemaChange(table, new.name, "name", old.name, new.name, IDENTITY)
    for what, before, after in _reading(old, new):
        yield SchemaChange(table, new.name, what, before, after, TYPE)
    keys = old.name in old_table.primary_key, new.name in new_table.primary_key
    for what, before, after, rule in constraint_changes(old, new, keys):
        yield SchemaChange(table, new.name, what, before, after, rule)
    if "unit" not in old.descriptor and "unit" in new.descriptor:
        yield SchemaChange(table, new.name, "unit", None, new.descriptor["unit"], WORDS)
    yield from _words(table, new.name, old.descriptor, new.descriptor, _FIELD)


def _reading(old: Field, new: Field) -> Iterator[tuple[str, Any, Any]]:
    """What makes another value of the same text: type, format, signs, and the unit that a value is in."""
    if old.type != new.type:
        yield "type", old.type, new.type
    if old.format != new.format:
        yield "format", old.format, new.format
    for word in _READ:
        before, after = (own.descriptor.get(word, _USUAL.get(word)) for own in (old, new))
        if word in ("trueValues", "falseValues"):
            before, after = (truths(own)[word == "falseValues"] for own in (old, new))
        # A unit that was not given before is better words, not another unit.
        if before != after and not (word == "unit" and before is None):
            yield word, before, after


def _words(
    table: str, field: str, old: dict[str, Any], new: dict[str, Any], other: frozenset[str]
) -> Iterator[SchemaChange]:
    """Each property that differs and is not among those that are weighed in other ways."""
    for word in [*old, *(word for word in new if word not in old)]:
        if word not in other and old.get(word) != new.get(word):
            yield SchemaChange(table, field, word, old.get(word), new.get(word), WORDS)


def _views(old: Package, new: Package) -> Iterator[SchemaChange]:
    """Views are read as tables are, so the same rules hold for them."""
    before, after = ({view["name"]: view for view in p.descriptor.get("views", [])} for p in (old, new))
    for name in before:
        if name not in after:
            yield SchemaChange(name, "", "view", name, None, TABLE_REMOVED)
    for name, view in after.items():
        if name not in before:
            yield SchemaChange(name, "", "view", None, name, TABLE_ADDED)
            continue
        yield from _words(name, "", before[name], view, _VIEW)
        yield from _columns(name, before[name]["fields"], view["fields"])


def _columns(view: str, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[SchemaChange]:
    before, after = ({column["name"]: column for column in columns} for columns in (old, new))
    for name in before:
        if name not in after:
            yield SchemaChange(view, name, "field", name, None, FIELD_REMOVED)
    for name, column in after.items():
        if name not in before:
            yield SchemaChange(view, name, "field", None, name, FIELD_ADDED)
        else:
            yield from _words(view, name, before[name], column, _VIEW)
    if [name for name in before if name in after] != [name for name in after if name in before]:
        yield SchemaChange(view, "", "order of fields", list(before), list(after), REORDERED)
