"""What a field allows now that it did not before, and the other way round."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fmdata.contract import Field
from fmdata.contract.constraints import typed
from fmdata.history.recipe import LOOSER, STRICTER, TYPE, WORDS, Rule

# What a field's constraint changed from and to, and what follows.
Change = tuple[str, Any, Any, Rule]
_LOWER = ("minimum", "exclusiveMinimum")
_UPPER = ("maximum", "exclusiveMaximum")
_LENGTHS = {"minLength": 1, "maxLength": -1}
_WHOLE = ("integer", "year")


def constraint_changes(old: Field, new: Field, keys: tuple[bool, bool]) -> Iterator[Change]:
    """Each constraint of a field that is another one; `keys` say of old and new whether the field is in a primary key.

    Uniqueness is a matter of keys.
    """
    yield from _required(old, new, keys)
    alike = old.type == new.type and old.format == new.format
    for names in (_LOWER, _UPPER):
        yield from _bounds(old, new, names) if alike else _any(old, new, names)
    for name, sign in _LENGTHS.items():
        yield from _lengths(old, new, name, sign)
    yield from _any(old, new, ("pattern",))
    yield from _enum(old, new) if alike else _any(old, new, ("enum",))
    yield from _missing(old, new)
    before, after = (bool(own.descriptor.get("allowFormulas", False)) for own in (old, new))
    if before != after:
        yield "allowFormulas", before, after, _direction(after - before)


def _direction(wider: int) -> Rule:
    """The rule for a constraint that allows more (above 0), less (below 0), or the same in other words."""
    return LOOSER if wider > 0 else STRICTER if wider < 0 else WORDS


def _required(old: Field, new: Field, keys: tuple[bool, bool]) -> Iterator[Change]:
    if old.required != new.required:
        before, after = (own.required or key for own, key in zip((old, new), keys, strict=True))
        yield "required", old.required, new.required, _direction(before - after)


def _any(old: Field, new: Field, names: tuple[str, ...]) -> Iterator[Change]:
    """Constraints of which two cannot be weighed against each other: what is not the same may forbid what was there."""
    for name in names:
        before, after = old.constraints.get(name), new.constraints.get(name)
        if before != after:
            yield name, before, after, LOOSER if after is None else STRICTER


def _bounds(old: Field, new: Field, names: tuple[str, str]) -> Iterator[Change]:
    """Of two bounds on one side, the narrower counts."""
    before, after = (_bound(own, names) for own in (old, new))
    if before is None or after is None:
        wider = (after is None) - (before is None)
    else:
        wider = ((after < before) - (after > before)) * (1 if names is _LOWER else -1)
    for name in names:
        parameters = old.constraints.get(name), new.constraints.get(name)
        values = [None if p is None else typed(own, name, p) for own, p in zip((old, new), parameters, strict=True)]
        if values[0] != values[1]:
            yield name, *parameters, _direction(wider)


def _bound(own: Field, names: tuple[str, str]) -> tuple[Any, int] | None:
    """The bound that counts: its value, and how far beyond it a value must be; whole numbers are at least 1 beyond."""
    found = []
    sign = 1 if names is _LOWER else -1
    for name, beyond in zip(names, (0, sign), strict=True):
        if name in own.constraints:
            value = typed(own, name, own.constraints[name])
            found.append((value + beyond, 0) if own.type in _WHOLE else (value, beyond))
    return (max(found) if sign > 0 else min(found)) if found else None


def _lengths(old: Field, new: Field, name: str, sign: int) -> Iterator[Change]:
    before, after = old.constraints.get(name), new.constraints.get(name)
    if before != after:
        # No length is the widest one: from 0, up to without end.
        least, most = (sign * (length if length is not None else 0 if sign > 0 else float("inf"))
                       for length in (before, after))  # fmt: skip
        yield name, before, after, _direction((most < least) - (most > least))


def _enum(old: Field, new: Field) -> Iterator[Change]:
    before, after = old.constraints.get("enum"), new.constraints.get("enum")
    if before is None or after is None:
        yield from _any(old, new, ("enum",))
        return
    was, now = typed(old, "enum", before), typed(new, "enum", after)
    if gone := [given for given, value in zip(before, was, strict=True) if value not in now]:
        yield "enum", gone, [], STRICTER
    if come := [given for given, value in zip(after, now, strict=True) if value not in was]:
        yield "enum", [], come, LOOSER
    if [value for value in was if value in now] != [value for value in now if value in was]:
        # Where categories are ordered, their order is what they mean.
        ordered = old.descriptor.get("categoriesOrdered") or new.descriptor.get("categoriesOrdered")
        yield "order of the enum", before, after, TYPE if ordered else WORDS


def _missing(old: Field, new: Field) -> Iterator[Change]:
    """The first missing value is what blanks are written as; the others are texts that no value can be."""
    before, after = list(old.missing_values), list(new.missing_values)
    if before[:1] != after[:1]:
        yield "missingValues", before, after, TYPE
    elif set(before) != set(after):
        yield "missingValues", before, after, STRICTER if set(after) - set(before) else LOOSER
