"""What a Table Schema must be: known properties, types, formats and constraints; keys that lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fmdata.contract.constraints import CONSTRAINTS, TABLE_CONSTRAINTS, typed, typed_value
from fmdata.contract.model import Field
from fmdata.contract.patterns import fault
from fmdata.contract.pointers import Fault, Pointer, typo
from fmdata.contract.types import DIRECTIVES, STRING_FORMATS, TRUTHS, TYPES

_SCHEMA = frozenset({"$schema", "fields", "missingValues", "primaryKey", "uniqueKeys", "foreignKeys"})
_FIELD = frozenset({
    "name", "type", "format", "title", "description", "example", "constraints", "categories", "categoriesOrdered",
    "missingValues", "rdfType", "trueValues", "falseValues", "decimalChar", "groupChar", "bareNumber",
    "unit", "blank", "derivation", "asWritten", "passage",
    "bibliographic", "allowFormulas",
})  # fmt: skip
_OPTIONS: dict[type, tuple[tuple[str, ...], str]] = {
    str: (("title", "description", "unit", "blank", "asWritten", "passage"), "text"),
    bool: (("bareNumber", "allowFormulas", "categoriesOrdered", "bibliographic"), "true or false"),
}
DERIVATIONS = ("verbatim", "normalised", "split", "inferred", "curated")


def lint_schema(at: Pointer, schema: dict[str, Any]) -> Iterator[Fault]:
    """The faults of one Table Schema, its keys' targets aside."""
    for unknown in sorted(schema.keys() - _SCHEMA):
        yield typo(at, unknown, _SCHEMA)
    fields = schema.get("fields")
    if not isinstance(fields, list) or not fields:
        yield Fault((*at, "fields"), "there are no fields", "a list of at least one")
        return
    missing = schema.get("missingValues", [""])
    if not _texts(missing):
        yield Fault((*at, "missingValues"), f"{missing!r} is not a list of texts", 'texts that mean a blank, e.g. [""]')
        missing = [""]
    seen: set[str] = set()
    for index, field in enumerate(fields):
        place = (*at, "fields", index)
        name = field.get("name") if isinstance(field, dict) else None
        if not isinstance(name, str) or not name or name != name.strip() or not name.isprintable():
            yield Fault(place, "the field has no name", "an object with a name, without blanks around it, and a type")
            continue
        if name.lower() in seen:
            yield Fault((*place, "name"), f'"{name}" stands twice (case does not count)', "different names")
        if name.startswith("_") or name.lower() == "rowid":
            yield Fault((*place, "name"), f'"{name}" is reserved', "a name that does not begin with _ and is not rowid")
        seen.add(name.lower())
        yield from _field(place, field, missing)
    yield from _shapes(at, schema)
    if len(fields) == 1 and not constrained(fields[0], "required") and not schema.get("primaryKey"):
        yield Fault((*at, "fields", 0), "a blank in a table of one field is a blank line", 'a "required" field')


def _shapes(at: Pointer, schema: dict[str, Any]) -> Iterator[Fault]:
    """Keys are written as the specification writes them; whether they lead somewhere is `lint_keys`' to say."""
    lists = {name: schema.get(name, []) for name in ("uniqueKeys", "foreignKeys")}
    for name, value in lists.items():
        if not isinstance(value, list):
            yield Fault((*at, name), f"{value!r} is not a list", "a list of keys")
    keys: dict[Pointer, Any] = {("primaryKey",): schema.get("primaryKey", [])}
    for index, key in enumerate(lists["uniqueKeys"] if isinstance(lists["uniqueKeys"], list) else []):
        keys["uniqueKeys", index] = key
    for index, key in enumerate(lists["foreignKeys"] if isinstance(lists["foreignKeys"], list) else []):
        reference = key.get("reference") if isinstance(key, dict) else None
        if not isinstance(reference, dict) or not isinstance(reference.get("resource", ""), str):
            yield Fault(
                (*at, "foreignKeys", index), "the key is not an object with a reference", '"fields", "reference"'
            )
            continue
        keys["foreignKeys", index, "fields"] = key.get("fields")
        keys["foreignKeys", index, "reference", "fields"] = reference.get("fields")
    for pointer, names in keys.items():
        listed = [names] if isinstance(names, str) else names
        if not isinstance(listed, list) or not all(isinstance(name, str) for name in listed):
            yield Fault((*at, *pointer), f"{names!r} names no fields", "a field's name or a list of names")
        elif len(set(listed)) < len(listed) or not (listed or pointer == ("primaryKey",)):
            yield Fault((*at, *pointer), f"{names!r} is no key", "at least one field, each once")


def _field(at: Pointer, field: dict[str, Any], missing: Any) -> Iterator[Fault]:
    for name in sorted(field.keys() - _FIELD):
        yield typo(at, name, _FIELD)
    kind = field.get("type", "string")
    if not isinstance(kind, str) or kind not in TYPES:
        yield Fault((*at, "type"), f"the type {kind!r} cannot be honoured", "one of " + ", ".join(TYPES))
        return
    own = field.get("missingValues", missing)
    if not _texts(own):
        yield Fault((*at, "missingValues"), f"{own!r} is not a list of texts", 'texts that mean a blank, e.g. [""]')
        return
    faults = [*_format(at, kind, field.get("format", "default")), *_options(at, field)]
    yield from faults
    if faults:
        return
    if field.get("derivation", DERIVATIONS[0]) not in DERIVATIONS:
        yield Fault((*at, "derivation"), f"{field['derivation']!r} is not known", "one of " + ", ".join(DERIVATIONS))
    yield from _lineage(at, field)
    yield from _example(at, Field(field["name"], kind, field, ()))
    yield from _constraints(at, Field(field["name"], kind, field, ()))


def _lineage(at: Pointer, field: dict[str, Any]) -> Iterator[Fault]:
    """What says where a value stands fits how it came about."""
    how = field.get("derivation", "")
    if how == "normalised" and not field.get("asWritten"):
        expected = '"asWritten", the column of the SELECT with the words it was made of'
        yield Fault((*at, "derivation"), "a normalised value does not say what of", expected, "Or call it inferred")
    if "asWritten" in field and how not in ("verbatim", "split", "normalised"):
        found = f"a value that is {how or 'no fact of a source'} rests on no words"
        yield Fault((*at, "asWritten"), found, "a derivation that does: verbatim, split or normalised")
    for name in ("passage", "bibliographic"):
        if field.get(name) and not how:
            yield Fault((*at, name), "the field does not say how its values came about", '"derivation" beside it')


def _options(at: Pointer, field: dict[str, Any]) -> Iterator[Fault]:
    """A field's descriptive and reading properties are of the kind that the specification gives them."""
    for kind, (names, expected) in _OPTIONS.items():
        for name in names:
            if name in field and not isinstance(field[name], kind):
                yield Fault((*at, name), f"{field[name]!r} is of the wrong kind", expected)
    for name in ("trueValues", "falseValues"):
        if name in field and not (_texts(field[name]) and field[name]):
            yield Fault((*at, name), f"{field[name]!r} is not a list of texts", "at least one text")
        elif name in field and _mean_both(field):
            yield Fault((*at, name), "a text means both true and false", "texts that mean one of them")
    for name in ("decimalChar", "groupChar"):
        if name in field and not (isinstance(field[name], str) and re.fullmatch(r"[^0-9+\-eE?\s]| ", field[name])):
            yield Fault((*at, name), f"{field[name]!r} cannot be told from a number", "one sign, such as , or .")
    if field.get("groupChar") == field.get("decimalChar", "."):
        yield Fault((*at, "groupChar"), "the group and the decimal character are the same", "two that differ")


def _mean_both(field: dict[str, Any]) -> set[str]:
    """The texts that mean both true and false, the usual ones among them where a field gives only one list."""
    true, false = (field.get(word, usual) for word, usual in TRUTHS.items())
    return set(true) & set(false) if _texts(true) and _texts(false) else set()


def _example(at: Pointer, field: Field) -> Iterator[Fault]:
    if "example" in field.descriptor:
        try:
            typed_value(field, field.descriptor["example"])
        except ValueError as error:
            found = f'the example "{error}" is not a value of the type {field.type}'
            yield Fault((*at, "example"), found, f"a value of the type {field.type}")


def _texts(values: Any) -> bool:
    """Whether `values` is a list of texts, or of the objects with a "value" that the specification allows instead."""
    if not isinstance(values, list):
        return False
    objects = bool(values) and all(isinstance(value, dict) for value in values)
    return all(isinstance(value.get("value") if objects else value, str) for value in values)


def _format(at: Pointer, kind: str, form: Any) -> Iterator[Fault]:
    known = list(STRING_FORMATS) if kind == "string" else ["default"]
    if kind in DIRECTIVES and isinstance(form, str) and "%" in form:
        if set(re.findall("%(.?)", form)) - set(DIRECTIVES[kind]):
            allowed = " ".join(f"%{d}" for d in DIRECTIVES[kind])
            yield Fault((*at, "format"), f'the format "{form}" cannot be honoured', f"directives out of {allowed}")
    elif form not in known:
        yield Fault((*at, "format"), f'the format "{form}" cannot be honoured', "one of " + ", ".join(known))


def _constraints(at: Pointer, field: Field) -> Iterator[Fault]:
    known = CONSTRAINTS.keys() | TABLE_CONSTRAINTS
    if not isinstance(field.constraints, dict):
        yield Fault((*at, "constraints"), "the constraints are not an object", "e.g. {'required': true}")
        return
    for name, parameter in field.constraints.items():
        here = (*at, "constraints", name)
        if name not in known:
            yield typo((*at, "constraints"), name, known)
        elif name in CONSTRAINTS and not CONSTRAINTS[name].suits(field):
            yield Fault(here, f"{name} cannot be honoured for the type {field.type}", "a constraint that suits it")
        elif fault := _parameter(field, name, parameter):
            yield Fault(here, *fault)
    yield from _categories(at, field)


def _parameter(field: Field, name: str, parameter: Any) -> tuple[str, str] | None:
    """What is wrong with a constraint's value and what was expected, or None."""
    if name in ("required", "unique"):
        return None if isinstance(parameter, bool) else (f"{parameter!r} is not a boolean", "true or false")
    if name in ("minLength", "maxLength"):
        fits = isinstance(parameter, int) and not isinstance(parameter, bool) and parameter >= 0
        return None if fits else (f"{parameter!r} is not a length", "a whole number, 0 or more")
    if name == "pattern":
        return _pattern(parameter)
    if name == "enum" and (not isinstance(parameter, list) or not parameter):
        return f"{parameter!r} is not a list of values", "a list of at least one value"
    try:
        values = typed(field, name, parameter)
    except ValueError as error:
        return f'"{error}" is not a value of the type {field.type}', f"values of the type {field.type}"
    if name == "enum" and len(set(map(str, values))) < len(values):
        return "a value stands twice", "each value once"
    return None


def _pattern(pattern: Any) -> tuple[str, str] | None:
    if not isinstance(pattern, str):
        return f"{pattern!r} is not a pattern", "text"
    if why := fault(pattern):
        return f"{pattern!r} is not a pattern we can check ({why})", "RE2 syntax: no look-around, no back-reference"
    return None


def _categories(at: Pointer, field: Field) -> Iterator[Fault]:
    if "categories" in field.descriptor:
        found = field.descriptor["categories"]
        given = [c.get("value") if isinstance(c, dict) else c for c in found] if isinstance(found, list) else None
        if given is None or given != field.constraints.get("enum"):
            yield Fault((*at, "categories"), "the categories are not the enum's values", "both alike, in one order")


def constrained(field: Any, name: str) -> bool:
    """Whether a field has a constraint, in a descriptor that may be faulty elsewhere."""
    constraints = field.get("constraints") if isinstance(field, dict) else None
    return isinstance(constraints, dict) and bool(constraints.get(name))
