"""What changed in the keys of a table: which fields tell rows apart, and which point at rows of other tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fmdata.contract import Resource
from fmdata.history.constraint_changes import Change
from fmdata.history.recipe import KEY, LOOSER, REFERENCE, STRICTER
from fmdata.history.renames import Renames


def key_changes(old: Resource, new: Resource, renames: Renames) -> Iterator[Change]:
    """Each key of a table that is another one; a new name alone makes no other key."""
    before, after = renames.key(old.name, old.primary_key), new.primary_key
    if before != after:
        yield "primary key", list(old.primary_key), list(after), KEY
    yield from _unique(old, new, renames)
    yield from _foreign(old, new, renames)


def _unique(old: Resource, new: Resource, renames: Renames) -> Iterator[Change]:
    """Fields that must be unique together, whichever way that is written; a primary key's own are told with it."""
    was = {frozenset(renames.key(old.name, key)): key for key in old.keys}
    now = {frozenset(key): key for key in new.keys}
    before, after = frozenset(renames.key(old.name, old.primary_key)), frozenset(new.primary_key)
    for fields, key in was.items():
        if fields not in now and fields != before:
            yield "unique key", list(key), None, LOOSER
    for fields, key in now.items():
        if fields not in was and fields != after:
            yield "unique key", None, list(key), STRICTER


def _foreign(old: Resource, new: Resource, renames: Renames) -> Iterator[Change]:
    was, now = _targets(old, renames), _targets(new, Renames())
    for fields, (targets, told) in was.items():
        if fields not in now:
            yield "foreign key", told, None, LOOSER
        elif targets != now[fields][0]:
            yield "foreign key", told, now[fields][1], KEY
    for fields, (_, told) in now.items():
        if fields not in was:
            yield "foreign key", None, told, REFERENCE


def _targets(table: Resource, renames: Renames) -> dict[frozenset[str], tuple[set[Any], list[Any]]]:
    """By the fields that point: what they point at by its present names, and the keys as they are written."""
    found: dict[frozenset[str], tuple[set[Any], list[Any]]] = {}
    for key in table.foreign_keys:
        fields = renames.key(table.name, key.fields)
        links = zip(fields, renames.key(key.resource, key.reference_fields), strict=True)
        targets, told = found.setdefault(frozenset(fields), (set(), []))
        targets.add((renames.table(key.resource), frozenset(links)))
        told.append({"fields": list(key.fields), "reference": [key.resource, *key.reference_fields]})
    return found
