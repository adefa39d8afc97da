"""Rows of text as typed values: those beyond doubt at once, the others by `casts`, which says what is no value."""

from __future__ import annotations

import duckdb
import polars as pl

from fmdata.casts import cast
from fmdata.checks import Place
from fmdata.contract import Resource
from fmdata.contract.types import carried_values, storage
from fmdata.exchange import frame, scanned
from fmdata.quick_casts import DOUBT, DTYPES, guarded, quick_casts, texts

# The number of a row in the frame of text.
ROW = "_row"


def quickly(text: pl.DataFrame, resource: Resource) -> tuple[pl.DataFrame, pl.Series | None]:
    """The rows typed, and which of them are in doubt, so that their values mean nothing; None for no such row.

    A row has a cell for each field, and working columns; the typed rows are in the same order.
    """
    working = _working(text)
    signs = _signs(text, resource)
    typed = text.lazy().select(*texts(resource), *working).select(*quick_casts(resource, signs), *working).collect()
    doubt = typed.drop_in_place(DOUBT)
    return typed, doubt if doubt.any() else None


def settled(
    con: duckdb.DuckDBPyConnection, doubted: pl.DataFrame, resource: Resource, place: Place
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Rows in doubt as typed values, in any order, and frames of what in them is no value."""
    names = _working(doubted)
    rows = doubted.select(*texts(resource), *names)
    typed = rows.select(*quick_casts(resource, _signs(rows, resource), closely=True), *names)
    doubt = typed.drop_in_place(DOUBT)
    if not doubt.any():
        return typed, []
    values, failures = _judged(con, rows.filter(doubt), resource, place)
    return pl.concat([typed.filter(~doubt), values.select(typed.columns)]), failures


def completed(
    con: duckdb.DuckDBPyConnection,
    text: pl.DataFrame,
    typed: pl.DataFrame,
    doubt: pl.Series,
    resource: Resource,
    place: Place,
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """What `quickly` gave for a frame of text, its rows in doubt `settled`, in their order; and what is no value."""
    values, failures = settled(con, text.filter(doubt), resource, place)
    return pl.concat([typed.filter(~doubt), values]).sort(ROW), failures


def _judged(
    con: duckdb.DuckDBPyConnection, doubted: pl.DataFrame, resource: Resource, place: Place
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    working = ", ".join(_working(doubted))
    with scanned(con, "_doubted", place(doubted)):
        failures = cast(con, "_doubted", "held._judged", resource, gated=True)
    values = frame(con.sql(f"SELECT {carried_values(resource.fields)}, {working} FROM held._judged"))
    con.execute("DROP TABLE held._judged")
    return values.cast({f.name: DTYPES[storage(f)] for f in resource.fields}), failures


def _signs(text: pl.DataFrame, resource: Resource) -> set[str]:
    """The fields that refuse formulas and have texts that do not begin with a letter."""
    found = guarded(resource)
    return {field for field, are in text.select(**found).row(0, named=True).items() if are} if found else set()


def _working(rows: pl.DataFrame) -> list[str]:
    return [column for column in rows.columns if column.startswith("_")]
