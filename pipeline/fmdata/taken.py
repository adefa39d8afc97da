"""An extract that was taken in: where its rows stand, and how they are read again."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from fmdata.ahead import ahead
from fmdata.checks import BATCH, Place
from fmdata.doubts import ROW, completed, quickly
from fmdata.errors import FmdataError
from fmdata.extracts import Extract
from fmdata.extracts.frames import Frames, Seen
from fmdata.extracts.picked import Numbers

# The number of a row's file among those of its extract.
FILE = "_extract"


@dataclass
class Taken:
    """An extract that is taken in, the CSV text of each of its files, and where in them its `rows` stand."""

    extract: Extract
    texts: Mapping[str, Path]
    frames: Frames
    rows: int = 0

    def place(self, row: int) -> tuple[str, int]:
        """The file and line of a row; rows are counted from 0."""
        for found in self.again(np.array([row]), self.extract.resource.names()[:1]):
            return self.extract.files[found.item(0, FILE)], found.item(0, "_line")
        raise IndexError(row)

    def again(self, rows: Numbers, fields: Container[str]) -> Iterator[pl.DataFrame]:
        """Some fields of some rows, as text, each with the number of its file, and its line.

        Rows are counted from 0, and ascend.
        """
        start = 0
        for seen in self.frames.seen:
            records = sum(one.records for one in seen)
            first, end = np.searchsorted(rows, [start, start + records])
            if first < end:
                yield self._again(seen, fields, rows[first:end] - start)
            start += records

    def _again(self, seen: list[Seen], fields: Container[str], wanted: Numbers) -> pl.DataFrame:
        try:
            return self.frames.again([*self.texts.values()], seen, fields, wanted)
        except pl.exceptions.PolarsError:
            files = ", ".join(dict.fromkeys(self.extract.files[one.file] for one in seen))
            raise FmdataError(f"{files}: changed while it was read. Run again.") from None


def again(con: duckdb.DuckDBPyConnection, taken: Taken, rows: Numbers) -> Iterator[pl.DataFrame]:
    """Some rows of an extract that was taken in, once more, in batches: its keys, typed."""
    resource, place = taken.extract.resource, places(taken.extract)
    keys = resource.key_fields
    keyed = replace(resource, fields=tuple(field for field in resource.fields if field.name in keys))
    for text in ahead(taken.again(rows, keys)):
        for some in text.iter_slices(BATCH):
            numbered = some.with_row_index(ROW)
            typed, doubt = quickly(numbered, keyed)
            if doubt is not None:
                typed, _ = completed(con, numbered, typed, doubt, keyed, place)
            yield typed


def places(extract: Extract) -> Place:
    """Gives the rows of a frame the path of their file, as `_file`, and the folder it is in, as `_folder`."""
    parts = [file.split("/") for file in extract.files]
    folders = [part[1] if len(part) > 2 else None for part in parts]
    files = pl.DataFrame(
        {FILE: range(len(parts)), "_file": extract.files, "_folder": folders},
        {FILE: pl.Int32, "_file": pl.String, "_folder": pl.String},
    )

    def place(rows: pl.DataFrame) -> pl.DataFrame:
        return rows if "_file" in rows.columns else rows.join(files, on=FILE, how="left", maintain_order="left")

    return place
