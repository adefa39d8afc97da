"""Some records out of many that were read before, without parsing the others."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
_FEED = 10
# What is looked at together, so that it stays near the processor.
_CHUNK = 1 << 16
# Where more than one record in so many is wanted, parsing all of them is quicker.
_FEW = 8


def picked(body: bytes, records: int, wanted: Numbers) -> bytes | None:
    """The `wanted` of some `records`, by their numbers from 0 on, which ascend; None where all have to be parsed.

    Each record of `body` ends with a line feed. Where cells hold some too, lines are no records.
    """
    if len(wanted) * _FEW > records:
        return None
    feeds = _feeds(body)
    if len(feeds) != records:
        return None
    ends = feeds + 1
    starts = np.concatenate([np.zeros(1, np.int64), ends[:-1]])
    places = itertools.starmap(slice, zip(starts[wanted].tolist(), ends[wanted].tolist(), strict=True))
    return b"".join(map(body.__getitem__, places))


def _feeds(body: bytes) -> Numbers:
    signs = np.frombuffer(body, np.uint8)
    chunks = range(0, len(signs), _CHUNK)
    found = [np.flatnonzero(signs[start : start + _CHUNK] == _FEED) + start for start in chunks]
    return np.concatenate([np.empty(0, np.int64), *found])
