"""Tables and fields that have another name than before: supposed from two contracts, confirmed by the rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from fmdata.contract import Field, Package, Resource


@dataclass(frozen=True)
class Renames:
    """New names: of tables by their old names, and of fields by the old name of their table and their own."""

    tables: dict[str, str] = field(default_factory=dict)
    fields: dict[tuple[str, str], str] = field(default_factory=dict)

    def table(self, old: str) -> str:
        return self.tables.get(old, old)

    def field(self, table: str, old: str) -> str:
        return self.fields.get((table, old), old)

    def key(self, table: str, fields: Iterable[str]) -> tuple[str, ...]:
        """The fields of a key of the old table `table` by the names they have now."""
        return tuple(self.field(table, old) for old in fields)

    def pairs(self, old: Package, new: Package) -> list[tuple[Resource, Resource]]:
        """The tables that both releases have, in the order of the new one, each as it was and as it is."""
        before = {self.table(resource.name): resource for resource in old}
        return [(before[resource.name], resource) for resource in new if resource.name in before]

    def common(self, old: Resource, new: Resource) -> list[tuple[Field, Field]]:
        """The fields that a table had and has, in the order of the new one, each as it was and as it is."""
        before = {self.field(old.name, own.name): own for own in old.fields}
        return [(before[own.name], own) for own in new.fields if own.name in before]


def supposed(old: Package, new: Package) -> Renames:
    """The names that by the contracts alone may have changed: one that is gone, one that is new, and all else alike.

    Where several would do, none is taken.
    """
    tables = _only(_gone(old, new), _gone(new, old), _shape)
    fields: dict[tuple[str, str], str] = {}
    for before, after in Renames(tables).pairs(old, new):
        names = _fields(before, after)
        fields |= {(before.name, name): now for name, now in names.items()}
    return Renames(tables, fields)


def _gone(one: Package, other: Package) -> list[Resource]:
    return [resource for resource in one if resource.name not in {there.name for there in other}]


def _shape(resource: Resource) -> Any:
    return [(own.name, own.type, own.format) for own in resource.fields], resource.primary_key, resource.generated


def _fields(before: Resource, after: Resource) -> dict[str, str]:
    """First those that are described in the same words, then those that stand in the same place."""
    gone = [own for own in before.fields if own.name not in after.names()]
    come = [own for own in after.fields if own.name not in before.names()]
    found = _only(gone, come, lambda own: [*_kind(own), own.words("description")])
    gone, come = [f for f in gone if f.name not in found], [f for f in come if f.name not in found.values()]
    for own in gone:
        index = before.names().index(own.name)
        if index < len(after.fields) and (there := after.fields[index]) in come and _kind(there) == _kind(own):
            found[own.name] = there.name
    return found


def _kind(own: Field) -> list[Any]:
    return [own.type, own.format, own.missing_values]


def _only(gone: Iterable[Any], come: Iterable[Any], alike: Any) -> dict[str, str]:
    """The names of things that are gone, each with that of the one new thing that is alike, and like no other."""
    gone, come = list(gone), list(come)
    found = {}
    for thing in gone:
        matches = [other for other in come if alike(other) == alike(thing)]
        if len(matches) == 1 and sum(alike(other) == alike(thing) for other in gone) == 1:
            found[thing.name] = matches[0].name
    return found
