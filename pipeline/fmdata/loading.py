"""Importing what takes long to import."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Put around such imports: nothing that they make is garbage, and to look for it takes as long as some of them.

    Nor is it looked through later, each time that what is made of the data is.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
