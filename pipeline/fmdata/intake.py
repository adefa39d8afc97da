"""Extracts taken in: their bytes proved sound, parsed once, typed and checked in batches, handed to DuckDB.

A batch is at most `BATCH` rows of text as a polars frame. `quick_casts` types what is beyond doubt; `casts` types the
rest and says what is wrong; pandera checks the typed rows. Memory does not grow with the extract, but for rules that
look beyond a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pandera.polars as pa
import polars as pl

from fmdata.ahead import ahead
from fmdata.casts import cast
from fmdata.checks import BATCH, PassingKeys, Place, RowChecks
from fmdata.contract import Resource
from fmdata.contract.types import carried_values, storage
from fmdata.errors import Failure, FmdataError, raise_if
from fmdata.exchange import frame, scanned
from fmdata.extracts import RAW, Extract, check_structure, check_text, read_blocks
from fmdata.extracts.columnar import PARQUET
from fmdata.extracts.frames import Frames
from fmdata.failures import Failures
from fmdata.progress import Step
from fmdata.quick_casts import DOUBT, DTYPES, quick_casts, texts
from fmdata.sql import literal, name

_FILE, _ROW = "_extract", "_row"
# Takes the rows of a relation for the release: connection, resource, relation.
Publish = Callable[[duckdb.DuckDBPyConnection, Resource, str], None]


@dataclass(frozen=True)
class Meter:
    """Keeps a step up to date while extracts of `size` bytes together are taken in."""

    step: Step
    size: int

    def count(self, rows: int, size: int) -> None:
        """Some rows of some bytes more are taken in."""
        self.step.rows += rows
        self.step.part += size / self.size


@dataclass(frozen=True)
class Passing:
    """What is done with rows that need not be held: they are published, and something of their keys is kept."""

    publish: Publish
    keys: PassingKeys


def take_in(
    con: duckdb.DuckDBPyConnection,
    extract: Extract,
    texts_: Mapping[str, Path],
    checks: list[pa.Check] | None,
    found: Failures,
    meter: Meter,
    passing: Passing | None,
) -> tuple[int, list[str]]:
    """Make `raw.<resource>`: the typed rows of an extract, in the order of files and lines.

    Further columns: `_file` (path from the root), `_line` (physical line, 1-based), `_folder` (the folder under raw/,
    NULL for none). Every row is checked for its types and, with `checks`, be they none, for contract and checks too;
    what is wrong is `found`. With `passing` the rows are not held, but handed on; they are published as long as nothing
    is found. `texts_` says where the CSV text of each file is. Returns the number of rows, and the files that could not
    be read as rows.
    """
    resource = extract.resource
    rows = RowChecks(resource, checks or [], contract=checks is not None)
    make_tables(con, extract)
    seen: list[pl.DataFrame] = []
    doubted: list[str] = []
    place = _places(extract)
    counted = 0
    if passing:
        # None of its rows: there may be no more.
        nothing = ", ".join(f"CAST(NULL AS {storage(field)}) AS {name(field.name)}" for field in resource.fields)
        passing.publish(con, resource, f"(SELECT {nothing} WHERE false)")
    # While a batch is checked, the next one is read and the one before handed over.
    with ThreadPoolExecutor(1) as holder, con.cursor() as cursor:
        held = holder.submit(lambda: None)
        for text, size in ahead(_batches(extract, texts_, doubted)):
            typed, wrong = _typed(con, text, resource, place)
            found.add([*wrong, *rows.check(typed, place)])
            if rows.beyond:
                seen.append(typed)
            held.result()
            if passing:
                held = holder.submit(_pass, cursor, typed, resource, passing, sound=not found)
            else:
                held = holder.submit(hold, cursor, typed, resource)
            counted += len(text)
            meter.count(len(text), size)
        held.result()
    if seen and not doubted:
        found.add(rows.check_whole(pl.concat(seen), place))
    return counted, doubted


def again(con: duckdb.DuckDBPyConnection, extract: Extract, texts_: Mapping[str, Path]) -> Iterator[pl.DataFrame]:
    """The rows of an extract that was taken in, once more, in batches: the fields of keys typed, others blank."""
    resource = extract.resource
    keys = {field for key in (*resource.keys, *(foreign.fields for foreign in resource.foreign_keys)) for field in key}
    others = [pl.lit(None, DTYPES[storage(f)]).alias(f.name) for f in resource.fields if f.name not in keys]
    keyed = replace(resource, fields=tuple(field for field in resource.fields if field.name in keys))
    for text, _ in _batches(extract, texts_, []):
        yield _typed(con, text, keyed, _places(extract))[0].with_columns(others)


def place_of(extract: Extract, texts_: Mapping[str, Path], row: int) -> tuple[str, int]:
    """The file and line of a row of an extract that was taken in; rows are counted from 0."""
    for text, _ in _batches(extract, texts_, []):
        if row < len(text):
            return extract.files[text.item(row, _FILE)], text.item(row, "_line")
        row -= len(text)
    raise FmdataError(f"{', '.join(extract.files[:3])}: changed while it was read. Run again.")


def _batches(extract: Extract, texts_: Mapping[str, Path], doubted: list[str]) -> Iterator[tuple[pl.DataFrame, int]]:
    """The rows of an extract as text, each with the number of its file, its line, and its number in the frame.

    With each frame, the bytes it was read from. Files that cannot be read as rows go to `doubted`.
    """
    names = extract.resource.names()
    frames = Frames(names, tuple(file.endswith(PARQUET) for file in extract.files), _FILE, "_line")
    for parts in ahead(read_blocks(texts_, names, doubted)):
        try:
            text = frames.frame(parts)
        except pl.exceptions.PolarsError:
            doubted += dict.fromkeys(extract.files[part.file] for part in parts)
            continue
        size = sum(len(part.body) for part in parts)
        # Rows may be as short as two bytes, and each can have its failures.
        for some in text.iter_slices(BATCH):
            yield some.with_row_index(_ROW), size * len(some) // len(text)


def refuse(
    con: duckdb.DuckDBPyConnection,
    failures: list[Failure],
    doubted: list[tuple[Resource, str]],
    texts_: Mapping[str, Path],
) -> None:
    """Raise `failures` with what is wrong with the bytes of files that could not be read as rows, or else the rows."""
    raise_if(failures + [f for resource, file in doubted for f in check_text(texts_[file], file, resource)])
    raise_if([f for resource, file in doubted for f in check_structure(con, texts_[file], file, resource)])
    for _, file in doubted:
        raise FmdataError(f"{file}: cannot be read as CSV.")


def make_tables(con: duckdb.DuckDBPyConnection, extract: Extract) -> None:
    """Make `held.<resource>` without a row, and the view `raw.<resource>` that tells each row's file."""
    resource = extract.resource
    held, files = f"held.{name(resource.name)}", f"held.{name(f'{resource.name} files')}"
    columns = "".join(f"{name(field.name)} {storage(field)}, " for field in resource.fields)
    con.execute(f"CREATE TABLE {held} ({columns}{_FILE} INTEGER, _line BIGINT)")
    # The paths are kept once; a row holds the number of its own.
    con.execute(f"CREATE TYPE {files} AS ENUM ({', '.join(map(literal, extract.files))})")
    names = "".join(f"{name(field.name)}, " for field in resource.fields)
    con.execute(
        f"CREATE VIEW raw.{name(resource.name)} AS "
        f"SELECT {names}CAST(enum_range(NULL::{files})[{_FILE} + 1] AS VARCHAR) AS _file, _line, "
        f"CASE WHEN _file LIKE '{RAW}/%/%' THEN split_part(_file, '/', 2) END AS _folder FROM {held}"
    )


def _typed(
    con: duckdb.DuckDBPyConnection, text: pl.DataFrame, resource: Resource, place: Place
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """The rows as typed values, in their order, and what in them is no value."""
    working = [_FILE, "_line", _ROW]
    rows = text.lazy().select(*texts(resource), *working)
    typed = rows.select(*quick_casts(resource), *working).collect()
    doubt = typed.drop_in_place(DOUBT)
    if not doubt.any():
        return typed.drop(_ROW), []
    doubted = rows.filter(doubt).collect()
    doubted = doubted.filter(doubted.select(quick_casts(resource, closely=True)).get_column(DOUBT))
    if doubted.is_empty():
        return typed.drop(_ROW), []
    judged, failures = _judged(con, place(doubted), resource, working)
    sure = typed.join(doubted, on=_ROW, how="anti")
    return pl.concat([sure, judged.select(sure.columns)]).sort(_ROW).drop(_ROW), failures


def _judged(
    con: duckdb.DuckDBPyConnection, doubted: pl.DataFrame, resource: Resource, working: list[str]
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """The same for the rows that only `casts` can tell of."""
    with scanned(con, "_doubted", doubted):
        failures = cast(con, "_doubted", "held._judged", resource, gated=True)
    columns = carried_values(resource.fields)
    judged = frame(con.sql(f"SELECT {columns}, {', '.join(working)} FROM held._judged"))
    con.execute("DROP TABLE held._judged")
    return judged.cast({f.name: DTYPES[storage(f)] for f in resource.fields}), failures


def hold(con: duckdb.DuckDBPyConnection, typed: pl.DataFrame, resource: Resource) -> None:
    """Add some rows to `raw.<resource>`."""
    fields = ", ".join(map(name, resource.names()))
    with scanned(con, "_typed", typed):
        con.execute(f"INSERT INTO held.{name(resource.name)} SELECT {fields}, {_FILE}, _line FROM _typed")


def _pass(
    con: duckdb.DuckDBPyConnection, typed: pl.DataFrame, resource: Resource, passing: Passing, sound: bool
) -> None:
    passing.keys.add(con, resource, typed)
    if sound:
        # Arrow has other times of day than DuckDB.
        values = ", ".join(f"CAST({name(f.name)} AS {storage(f)}) AS {name(f.name)}" for f in resource.fields)
        with scanned(con, "_typed", typed):
            passing.publish(con, resource, f"(SELECT {values} FROM _typed)")


def _places(extract: Extract) -> Place:
    """Gives the rows of a frame the path of their file, as `_file`, and the folder it is in, as `_folder`."""
    parts = [file.split("/") for file in extract.files]
    folders = [part[1] if len(part) > 2 else None for part in parts]
    files = pl.DataFrame(
        {_FILE: range(len(parts)), "_file": extract.files, "_folder": folders},
        {_FILE: pl.Int32, "_file": pl.String, "_folder": pl.String},
    )

    def place(rows: pl.DataFrame) -> pl.DataFrame:
        return rows if "_file" in rows.columns else rows.join(files, on=_FILE, how="left", maintain_order="left")

    return place
