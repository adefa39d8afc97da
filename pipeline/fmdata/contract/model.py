"""The contract as plain data. Words are those of the Data Package and Table Schema specifications, version 2."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# A text that begins with one of these is what a spreadsheet takes for a formula. In this order a class of a pattern.
FORMULA_SIGNS = "=+@\t-"


@dataclass(frozen=True)
class Field:
    """One field of a resource. `descriptor` is its Table Schema descriptor, `missing_values` the texts of a blank."""

    name: str
    type: str
    descriptor: dict[str, Any]
    missing_values: tuple[str, ...]

    @property
    def format(self) -> str:
        return str(self.descriptor.get("format", "default"))

    @property
    def constraints(self) -> dict[str, Any]:
        found: dict[str, Any] = self.descriptor.get("constraints", {})
        return found

    @property
    def required(self) -> bool:
        return bool(self.constraints.get("required", False))

    @property
    def bibliographic(self) -> bool:
        """Whether the places of its cells are bibliographic strings, which may be published in full."""
        return bool(self.descriptor.get("bibliographic", False))

    @property
    def refuses_formulas(self) -> bool:
        """Whether a text that a spreadsheet would take for a formula is a fault of its own; the contract can allow it.

        Where only certain texts are allowed, and no formula among them, it is one that is not allowed like any other.
        """
        if self.descriptor.get("allowFormulas", False):
            return False
        listed = self.constraints.get("enum", [])
        safe = bool(listed) and not any(str(text).startswith(tuple(FORMULA_SIGNS)) for text in listed)
        return self.type == "any" or (self.type == "string" and not safe)

    def words(self, name: str) -> str:
        """A descriptive property ('title', 'description', 'unit', 'blank', …), '' when it is not given."""
        return str(self.descriptor.get(name, ""))


@dataclass(frozen=True)
class ForeignKey:
    """`fields` of one resource hold the `reference_fields` of a row of `resource`, or are all blank."""

    fields: tuple[str, ...]
    resource: str
    reference_fields: tuple[str, ...]


@dataclass(frozen=True)
class Resource:
    """One table. `generated` names the engine stage that makes its rows, '' when they come from extracts."""

    name: str
    descriptor: dict[str, Any]
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    unique_keys: tuple[tuple[str, ...], ...]
    foreign_keys: tuple[ForeignKey, ...]

    @property
    def generated(self) -> str:
        return str(self.descriptor.get("generated", ""))

    @property
    def role(self) -> str:
        """What the resource is to the engine ("anchors", "word_runs", "ledger"), '' for one like any other."""
        return str(self.descriptor.get("role", ""))

    @property
    def title(self) -> str:
        return str(self.descriptor.get("title", self.name))

    @property
    def description(self) -> str:
        return str(self.descriptor.get("description", ""))

    @property
    def paths(self) -> tuple[str, ...]:
        path = self.descriptor.get("path", ())
        return (path,) if isinstance(path, str) else tuple(path)

    @property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """Every set of fields that must be unique: primary key, unique keys, and fields constrained to be unique."""
        single = tuple((f.name,) for f in self.fields if f.constraints.get("unique"))
        found = (self.primary_key, *self.unique_keys, *single)
        return tuple(dict.fromkeys(key for key in found if key))

    @property
    def key_fields(self) -> tuple[str, ...]:
        """The fields that any of its keys or foreign keys has, each once."""
        keys = (*self.keys, *(foreign.fields for foreign in self.foreign_keys))
        return tuple(dict.fromkeys(field for key in keys for field in key))

    def field(self, name: str) -> Field:
        return next(f for f in self.fields if f.name == name)

    def names(self) -> list[str]:
        return [f.name for f in self.fields]


@dataclass(frozen=True)
class View:
    """A named SELECT in the published database; `fields` are (name, description) of its columns in order.

    One that is `traced` begins with table_name and row_key: a row of it is said of that row when it is traced.
    """

    name: str
    title: str
    description: str
    fields: tuple[tuple[str, str], ...]
    traced: bool


@dataclass(frozen=True)
class Limits:
    """Up to which size a release has what costs more than it gives on a large one; the contract can set others."""

    # Rows of a table up to which the DuckDB file enforces its keys: beyond, loading takes thrice as long.
    keys: int = 1_000_000
    # Rows of a table up to which frictionless reads all of it; of a larger one a sample of as many.
    validation: int = 20_000
    # Bytes of all files together up to which there is a zip of them.
    zip: int = 100_000_000
    # Rows of a table up to which its history is kept inside the release.
    history: int = 100_000


@dataclass(frozen=True)
class Package:
    """A Data Package: the project's root, its descriptor's path from there, the descriptor, and the tables."""

    root: Path
    path: str
    descriptor: dict[str, Any]
    resources: tuple[Resource, ...]
    views: tuple[View, ...] = field(default=())

    @property
    def name(self) -> str:
        return str(self.descriptor["name"])

    @property
    def version(self) -> str:
        return str(self.descriptor["version"])

    @property
    def limits(self) -> Limits:
        return Limits(**self.descriptor.get("limits", {}))

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.resources)

    def resource(self, name: str) -> Resource:
        return next(r for r in self.resources if r.name == name)
