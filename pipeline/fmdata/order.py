"""Putting things that wait for each other in an order."""

from __future__ import annotations

from collections.abc import Mapping, Set


def in_order(waits: Mapping[str, Set[str]]) -> tuple[list[str], list[str]]:
    """The names of `waits`, each after those it waits for and otherwise as given; and those left over in circles."""
    order: list[str] = []
    left = list(waits)
    while ready := next((name for name in left if waits[name] <= set(order)), None):
        order.append(ready)
        left.remove(ready)
    return order, left
