"""Importing what takes long to import."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder

# What pandera imports where it finds it, and takes longer than all that the local engine needs of it.
_NOT_NEEDED = ("hypothesis", "pandas", "pyspark")


class _NotNeeded(MetaPathFinder):
    """Says of some modules that they are not installed."""

    def find_spec(self, name: str, path: object, target: object = None) -> None:
        if name in _NOT_NEEDED:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


@contextmanager
def loading() -> Iterator[None]:
    """Put around such imports: nothing that they make is garbage, and to look for it takes as long as some of them.

    Nor is it looked through later, each time that what is made of the data is. What they would import where it is
    installed, though nothing here needs it, is not found meanwhile.
    """
    hiding = _NotNeeded()
    sys.meta_path.insert(0, hiding)
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
        sys.meta_path.remove(hiding)
