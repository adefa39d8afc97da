"""Extracts taken in: their bytes proved sound, parsed once, typed and checked in batches, handed to DuckDB.

A batch is at most 200,000 rows of text as a polars frame. `quick_casts` types what is beyond doubt; `casts` types the
rest and says what is wrong; pandera checks the typed rows. Memory does not grow with the extract, but for rules that
look beyond a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandera.polars as pa
import polars as pl

from fmdata.casts import cast
from fmdata.checks import BATCH, Place, RowChecks
from fmdata.contract import Resource
from fmdata.contract.types import carried, storage
from fmdata.errors import Failure, FmdataError, raise_if
from fmdata.extracts import RAW, Extract, check_structure, check_text, read_blocks
from fmdata.extracts.columnar import PARQUET
from fmdata.extracts.frames import files, frame, lines
from fmdata.failures import Failures
from fmdata.progress import Step
from fmdata.quick_casts import DOUBT, DTYPES, quick_casts, texts
from fmdata.sql import literal, name

_FILE, _ROW = "_extract", "_row"
# Takes the rows of a relation for the release: connection, resource, relation.
Publish = Callable[[duckdb.DuckDBPyConnection, Resource, str], None]


class Frame:
    """A polars frame as DuckDB scans one without pyarrow: through Arrow's C stream alone."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame

    def __arrow_c_stream__(self, requested: object = None) -> object:
        return self._frame.__arrow_c_stream__(requested)


@dataclass(frozen=True)
class Meter:
    """Keeps a step up to date while extracts of `size` bytes together are taken in."""

    step: Step
    size: int

    def count(self, rows: int, size: int) -> None:
        """Some rows of some bytes more are taken in."""
        self.step.rows += rows
        self.step.part += size / self.size


def take_in(
    con: duckdb.DuckDBPyConnection,
    extract: Extract,
    texts_: Mapping[str, Path],
    checks: list[pa.Check] | None,
    keep: list[str],
    found: Failures,
    meter: Meter,
    publish: Publish | None,
) -> list[str]:
    """Make `raw.<resource>`: the typed rows of an extract, in the order of files and lines, fields that `keep` names.

    Further columns: `_file` (path from the root), `_line` (physical line, 1-based), `_folder` (the folder under raw/,
    NULL for none). Every row is checked for its types and, with `checks`, be they none, for contract and checks too;
    what is wrong is `found`; as long as nothing is, `publish` is given the rows. `texts_` says where the CSV text of
    each file is. Returns the files that could not be read as rows.
    """
    resource = extract.resource
    rows = RowChecks(resource, checks or [], contract=checks is not None)
    make_tables(con, extract, keep)
    seen: list[pl.DataFrame] = []
    doubted: list[str] = []
    place = _places(extract)
    if publish:
        # None of its rows: there may be no more.
        nothing = ", ".join(f"CAST(NULL AS {storage(field)}) AS {name(field.name)}" for field in resource.fields)
        publish(con, resource, f"(SELECT {nothing} WHERE false)")
    # While a batch is checked, the next one is read and the one before handed over.
    with ThreadPoolExecutor(1) as reader, ThreadPoolExecutor(1) as holder, con.cursor() as cursor:
        batches = _batches(extract, texts_, doubted)
        waiting, held = reader.submit(next, batches, None), holder.submit(lambda: None)
        while (batch := waiting.result()) is not None:
            text, size = batch
            waiting = reader.submit(next, batches, None)
            typed, wrong = _typed(con, text, resource, place)
            if checks:
                typed = place(typed)
            found.extend([*wrong, *rows.check(typed, place)])
            if rows.beyond:
                seen.append(typed)
            held.result()
            held = holder.submit(_hold, cursor, typed, resource, keep, None if found else publish)
            meter.count(len(text), size)
        held.result()
    if seen and not doubted:
        found.extend(rows.check_whole(pl.concat(seen), place))
    return doubted


def _batches(extract: Extract, texts_: Mapping[str, Path], doubted: list[str]) -> Iterator[tuple[pl.DataFrame, int]]:
    """The rows of an extract as text, each with the number of its file, its line, and its number in the frame.

    With each frame, the bytes it was read from. Files that cannot be read as rows go to `doubted`.
    """
    names = extract.resource.names()
    by_row = tuple(file.endswith(PARQUET) for file in extract.files)
    for parts in read_blocks(texts_, names, doubted):
        try:
            text = frame(parts, names)
        except pl.exceptions.PolarsError:
            doubted += dict.fromkeys(extract.files[part.file] for part in parts)
            continue
        places = files(parts).alias(_FILE), lines(parts, text, by_row).alias("_line")
        size = sum(len(part.body) for part in parts)
        # Rows may be as short as two bytes, and each can have its failures.
        for some in text.with_columns(places).iter_slices(BATCH):
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


def make_tables(con: duckdb.DuckDBPyConnection, extract: Extract, keep: list[str]) -> None:
    """Make `held.<resource>` without a row, and the view `raw.<resource>` that tells each row's file."""
    resource = extract.resource
    kept = [field for field in resource.fields if field.name in keep]
    held, files = f"held.{name(resource.name)}", f"held.{name(f'{resource.name} files')}"
    columns = "".join(f"{name(field.name)} {storage(field)}, " for field in kept)
    con.execute(f"CREATE TABLE {held} ({columns}{_FILE} INTEGER, _line BIGINT)")
    # The paths are kept once; a row holds the number of its own.
    con.execute(f"CREATE TYPE {files} AS ENUM ({', '.join(map(literal, extract.files))})")
    names = "".join(f"{name(field.name)}, " for field in kept)
    con.execute(
        f"CREATE VIEW raw.{name(resource.name)} AS "
        f"SELECT {names}CAST(enum_range(NULL::{files})[{_FILE} + 1] AS VARCHAR) AS _file, _line, "
        f"CASE WHEN _file LIKE '{RAW}/%/%' THEN split_part(_file, '/', 2) END AS _folder FROM {held}"
    )


def _typed(
    con: duckdb.DuckDBPyConnection, text: pl.DataFrame, resource: Resource, place: Place
) -> tuple[pl.DataFrame, list[Failure]]:
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
) -> tuple[pl.DataFrame, list[Failure]]:
    """The same for the rows that only `casts` can tell of."""
    con.register("_doubted", Frame(doubted))
    failures = cast(con, "_doubted", "held._judged", resource, gated=True)
    columns = ", ".join(f"CAST({name(f.name)} AS {carried(f)}) AS {name(f.name)}" for f in resource.fields)
    judged = pl.DataFrame(con.sql(f"SELECT {columns}, {', '.join(working)} FROM held._judged"))
    con.execute("DROP TABLE held._judged")
    con.unregister("_doubted")
    return judged.cast({f.name: DTYPES[storage(f)] for f in resource.fields}), failures


def _hold(
    con: duckdb.DuckDBPyConnection, typed: pl.DataFrame, resource: Resource, keep: list[str], publish: Publish | None
) -> None:
    kept = [*(name(field.name) for field in resource.fields if field.name in keep), _FILE, "_line"]
    con.register("_typed", Frame(typed))
    con.execute(f"INSERT INTO held.{name(resource.name)} SELECT {', '.join(kept)} FROM _typed")
    if publish:
        # Arrow has other times of day than DuckDB.
        values = ", ".join(f"CAST({name(f.name)} AS {storage(f)}) AS {name(f.name)}" for f in resource.fields)
        publish(con, resource, f"(SELECT {values} FROM _typed)")
    con.unregister("_typed")


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
