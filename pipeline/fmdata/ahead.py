"""Making the next of some items while one is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_Item = TypeVar("_Item")


def ahead(items: Iterator[_Item]) -> Iterator[_Item]:
    """The same items, none of which is None, made one ahead in a thread of their own."""
    with ThreadPoolExecutor(1) as aside:
        waiting = aside.submit(next, items, None)
        while (item := waiting.result()) is not None:
            waiting = aside.submit(next, items, None)
            yield item
