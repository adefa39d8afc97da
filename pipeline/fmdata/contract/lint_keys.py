"""What the keys of a descriptor must be: fields that are there, targets that are keys, an order to load them in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fmdata.contract.lint_schema import constrained
from fmdata.contract.pointers import Fault, Pointer
from fmdata.order import in_order


def lint_keys(resources: list[dict[str, Any]]) -> Iterator[Fault]:
    """Keys name fields that are there; foreign keys lead to a key; no circle keeps rows from being loaded."""
    from fmdata.contract.load import names

    tables = {r["name"]: r["schema"] for r in resources}
    fields = {name: [f["name"] for f in schema["fields"]] for name, schema in tables.items()}
    for index, (table, schema) in enumerate(tables.items()):
        at: Pointer = ("resources", index, "schema")
        own = [("primaryKey", schema.get("primaryKey", []))]
        own += [("uniqueKeys", key) for key in schema.get("uniqueKeys", [])]
        own += [("foreignKeys", key["fields"]) for key in schema.get("foreignKeys", [])]
        for kind, key in own:
            for field in sorted(set(names(key)) & _documents(schema)):
                yield Fault((*at, kind), f"{field} holds JSON, which is no key", "fields of a plain type")
            for field in sorted(set(names(key)) - set(fields[table])):
                yield Fault((*at, kind), f'there is no field "{field}"', "one of " + ", ".join(fields[table]))
        for number, key in enumerate(schema.get("foreignKeys", [])):
            place = (*at, "foreignKeys", number)
            target = key["reference"].get("resource") or table
            reference = names(key["reference"]["fields"])
            if target not in tables:
                yield Fault(place, f'there is no resource "{target}"', "one of " + ", ".join(tables))
            elif reference not in _unique(tables[target]):
                yield Fault(place, f"{', '.join(reference)} is no key of {target}", "its primary key or a unique key")
            elif len(reference) != len(names(key["fields"])):
                yield Fault(place, "the two sides have different numbers of fields", "as many on both")
            else:
                yield from _alike(place, names(key["fields"]), schema, reference, tables[target], target)
    yield from _circles(tables)


def _alike(
    at: Pointer, own: tuple[str, ...], schema: dict[str, Any], reference: tuple[str, ...], there: Any, target: str
) -> Iterator[Fault]:
    """Values are compared as they are, so both sides of a foreign key must be of one type."""
    here, kinds = ({f["name"]: f.get("type", "string") for f in s["fields"]} for s in (schema, there))
    for field, other in zip(own, reference, strict=True):
        if field in here and other in kinds and here[field] != kinds[other]:
            found = f"{field} is of the type {here[field]}, {other} of {target} of the type {kinds[other]}"
            yield Fault(at, found, "one type on both sides")


def _unique(schema: dict[str, Any]) -> set[tuple[str, ...]]:
    from fmdata.contract.load import names

    single = {(f["name"],) for f in schema["fields"] if constrained(f, "unique")}
    return single | {names(schema.get("primaryKey", ()))} | {names(key) for key in schema.get("uniqueKeys", ())}


def _circles(tables: dict[str, Any]) -> Iterator[Fault]:
    waits = {
        name: ({key["reference"].get("resource") or name for key in schema.get("foreignKeys", [])} - {name})
        & tables.keys()
        for name, schema in tables.items()
    }
    if circle := ", ".join(in_order(waits)[1]):
        yield Fault(("resources",), f"foreign keys go in a circle: {circle}", "keys that can be loaded in some order")


def _documents(schema: dict[str, Any]) -> set[str]:
    return {f["name"] for f in schema["fields"] if f.get("type") in ("object", "array")}
