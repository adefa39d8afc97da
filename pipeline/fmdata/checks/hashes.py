"""Hashes of keys, kept on disk: which of very many rows may have the same key, in memory that does not grow."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

# How many hashes are looked at together; to sort them takes some 24 bytes each.
TOGETHER = 1 << 24
_READ = 1 << 20


def key_hash(fields: tuple[str, ...]) -> pl.Expr:
    """A hash of a row's key, of 64 bits; null where a field of it is blank. Rows of one key have the same."""
    key = pl.col(fields[0]) if len(fields) == 1 else pl.struct(fields)
    return pl.when(pl.all_horizontal(pl.col(field).is_not_null() for field in fields)).then(key.hash())


class Hashes:
    """The hashes of the rows of a table, in a file of their own."""

    def __init__(self, file: Path) -> None:
        self._file = file
        file.touch()
        self._count = 0

    def add(self, hashes: pl.Series) -> None:
        """Add the hashes of some rows, without nulls."""
        with self._file.open("ab") as stream:
            hashes.to_numpy().tofile(stream)
        self._count += len(hashes)

    def put(self, rows: npt.NDArray[np.int64], hashes: pl.Series) -> None:
        """Put the hashes of some rows, by their numbers from 0 on, in the place of those that were added for them."""
        np.memmap(self._file, np.uint64, "r+")[rows] = hashes.to_numpy()

    def among(self, hashes: pl.Series) -> npt.NDArray[np.int64]:
        """The numbers of the rows that have one of some hashes."""
        found = [np.empty(0, np.int64)]
        with self._file.open("rb") as stream:
            for start in range(0, self._count, _READ):
                some = pl.Series(np.fromfile(stream, np.uint64, _READ))
                found.append(some.is_in(hashes.implode()).arg_true().to_numpy() + start)
        return np.concatenate(found).astype(np.int64)

    def repeated(self) -> pl.Series:
        """The hashes that more than one row has, each once."""
        # So many of the first bits tell the part that a hash belongs to.
        bits = max((self._count - 1).bit_length() - TOGETHER.bit_length() + 1, 0) if self._count else 0
        return pl.Series(np.concatenate([_repeated(self._part(part, 64 - bits)) for part in range(1 << bits)]))

    def _part(self, part: int, shift: int) -> npt.NDArray[np.uint64]:
        """The hashes that are `part` when they are shifted so far."""
        if shift == 64:
            return np.fromfile(self._file, np.uint64)
        found = [np.empty(0, np.uint64)]
        with self._file.open("rb") as stream:
            while len(some := np.fromfile(stream, np.uint64, _READ)):
                found.append(some[some >> shift == part])
        return np.concatenate(found)


def _repeated(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    hashes.sort()
    return np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
