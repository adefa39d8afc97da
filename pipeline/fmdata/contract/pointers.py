"""Where in a descriptor something is wrong, and what."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

Pointer = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """One fault of a descriptor: `pointer` leads to the value, e.g. ("resources", 0, "name")."""

    pointer: Pointer
    found: str
    expected: str
    advice: str = ""


def typo(at: Pointer, name: str, known: Iterable[str]) -> Fault:
    """The fault of a property nobody knows, with the nearest known one as advice."""
    known = sorted(known)
    near = difflib.get_close_matches(name, known, 1)
    advice = f'Did you mean "{near[0]}"?' if near else "Remove it: what is not understood cannot be honoured"
    return Fault((*at, name), f'"{name}" is not understood', "one of " + ", ".join(known), advice)
