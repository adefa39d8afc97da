"""Everything that differs between two releases."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from fmdata.contract import Field
from fmdata.history.published import Published
from fmdata.history.references import Gone, gone
from fmdata.history.renames import Renames, supposed
from fmdata.history.row_changes import RowChanges, row_changes
from fmdata.history.schema_changes import SchemaChange, schema_changes
from fmdata.history.sides import Side, reading
from fmdata.progress import Progress, Step
from fmdata.sql import count, scalar

# Of what two releases have in common, so much must be alike under two names for them to be taken for one thing.
_ALIKE = 0.5


@dataclass(frozen=True)
class Difference:
    """What changed from one release to another: contracts, rows of the tables that both have, and references lost.

    `tables` are in the order of the new release; `con` compared them and gives their rows.
    """

    con: duckdb.DuckDBPyConnection
    old: Published
    new: Published
    renames: Renames
    schema: list[SchemaChange]
    tables: list[RowChanges]
    gone: list[Gone]

    def __bool__(self) -> bool:
        return bool(self.schema or any(self.tables))


def difference(
    con: duckdb.DuckDBPyConnection, old: Published, new: Published, progress: Progress = lambda _: None
) -> Difference:
    """Compare two releases, in memory and on disk as far as `con` may. Raises `FmdataError` for unsound files."""
    renames = _confirmed(con, old, new, supposed(old.package, new.package))
    changes = []
    for pair in renames.pairs(old.package, new.package):
        progress(Step(f"comparing {pair[1].name}"))
        changes.append(row_changes(con, old, new, pair, renames))
    schema = schema_changes(old.package, new.package, renames)
    return Difference(con, old, new, renames, schema, changes, gone(con, old, changes, renames))


def _confirmed(con: duckdb.DuckDBPyConnection, old: Published, new: Published, names: Renames) -> Renames:
    """The new names under which most rows, or most values of rows that both releases have, are the same as before."""
    tables = {}
    for was, now in names.tables.items():
        sides = Side(old, old.package.resource(was), "o"), Side(new, new.package.resource(now), "n")
        fields = sides[1].resource.primary_key or tuple(sides[1].resource.names())
        if old.hashes[was] == new.hashes[now] or _kept(con, sides, fields, fields) >= _ALIKE:
            tables[was] = now
    kept = Renames(
        tables, {at: now for at, now in names.fields.items() if tables.get(at[0]) == names.tables.get(at[0])}
    )
    fields_kept = {}
    for before, after in kept.pairs(old.package, new.package):
        common = kept.common(before, after)
        for own in common:
            if own[0].name != own[1].name and _is_field(
                con, (Side(old, before, "o"), Side(new, after, "n")), common, own
            ):
                fields_kept[before.name, own[0].name] = own[1].name
    return Renames(tables, fields_kept)


def _is_field(
    con: duckdb.DuckDBPyConnection,
    sides: tuple[Side, Side],
    common: list[tuple[Field, Field]],
    own: tuple[Field, Field],
) -> bool:
    """Whether a field has most of the values of another: in the same rows, or, where rows cannot be matched, in any."""
    key = sides[1].resource.primary_key
    columns = {now.name: (sides[0].column(was.name), sides[1].column(now.name)) for was, now in common}
    if not key or own[1].name in key or not set(key) <= columns.keys():
        return _kept(con, sides, (own[0].name,), (own[1].name,)) >= _ALIKE
    same = " AND ".join(f"{was} = {now}" for was, now in (columns[part] for part in key))
    was, now = columns[own[1].name]
    alike = f"SELECT coalesce(avg(({was} IS NOT DISTINCT FROM {now})::INTEGER), 1)"
    with reading(sides[1].resource.name):
        joined = f"{sides[0].rows} JOIN {sides[1].rows} ON {same} WHERE {was} IS NOT NULL OR {now} IS NOT NULL"
        return float(scalar(con, f"{alike} FROM {joined}")) >= _ALIKE


def _kept(
    con: duckdb.DuckDBPyConnection, sides: tuple[Side, Side], was: tuple[str, ...], now: tuple[str, ...]
) -> float:
    """Which part of the values of some fields, each once, both releases have; 1 where one of them has none."""
    values = [
        f"SELECT DISTINCT {', '.join(map(side.column, fields))} FROM {side.rows}"
        for side, fields in zip(sides, (was, now), strict=True)
    ]
    with reading(sides[1].resource.name):
        least = min(count(con, f"({query})") for query in values)
        return count(con, f"({values[0]} INTERSECT {values[1]})") / least if least else 1.0
