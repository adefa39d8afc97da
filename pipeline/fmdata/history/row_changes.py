"""What changed in the rows of a table: which came, went or are others, and of those which cells, as published texts.

Rows are matched by their primary key, in DuckDB, which spills what does not fit in memory. Only rows that differ are
kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import repeat
from typing import NamedTuple

import duckdb

from fmdata.contract import Field, Resource
from fmdata.contract.types import read
from fmdata.history.published import Published
from fmdata.history.recipe import follows
from fmdata.history.renames import Renames
from fmdata.history.sides import Side, expect_sound, is_key, reading
from fmdata.sql import count, drained, literal

KINDS = ADDED, REMOVED, CHANGED = "added", "removed", "changed"


class Cell(NamedTuple):
    """A cell that has another text than before, None for a blank; `column` has its present name."""

    column: str
    old: str | None
    new: str | None


class RowChange(NamedTuple):
    """One row that was added, removed or changed: its key, and its cells by their columns as it was and as it is.

    `key` is the row's key, its parts joined by a blank, or '' in a table without one; `cells` are those that changed.
    """

    kind: str
    key: str
    old: dict[str, str | None] | None
    new: dict[str, str | None] | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class RowChanges:
    """The rows of a table that differ. `common` are the fields that it had and has, `key` its present primary key.

    `relation` has the rows, '' where there are none: kind, how many times, and the columns of `old` and `new`. `counts`
    are the rows of a kind, `cells` the changed cells of a column. `why_not` says why rows were not compared, '' where
    they were; `follows` tells whether the rows only follow from those of other tables.
    """

    old: Side
    new: Side
    common: tuple[tuple[Field, Field], ...]
    key: tuple[str, ...]
    relation: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    cells: dict[str, int] = field(default_factory=dict)
    why_not: str = ""

    @property
    def table(self) -> str:
        return self.new.resource.name

    @property
    def follows(self) -> bool:
        return follows(self.old.resource) and follows(self.new.resource)

    def __bool__(self) -> bool:
        return bool(self.relation or self.why_not)

    def number(self, kind: str) -> int:
        return self.counts.get(kind, 0)

    def rows(
        self, con: duckdb.DuckDBPyConnection, limit: int | None = None, kinds: tuple[str, ...] = KINDS
    ) -> Iterator[RowChange]:
        """The rows of some kinds by their keys, at most `limit` of them, from the connection that compared them."""
        if not self.relation:
            return
        left = sum(self.counts.values()) if limit is None else limit
        chosen = f"kind IN ({', '.join(map(literal, kinds))})"
        query = f"SELECT * FROM {self.relation} WHERE {chosen} ORDER BY {', '.join(self._order())} LIMIT {left}"
        # A cursor of its own, so that other questions may be asked meanwhile.
        with con.cursor() as cursor:
            for kind, times, *texts in drained(cursor.execute(query)):
                yield from repeat(self._row(kind, texts), min(times, left))
                left -= min(times, left)

    def pairs(self) -> dict[str, tuple[str, str]]:
        """SQL: the old and the new column of each field that the table had and has, by its present name."""
        return {now.name: (self.old.column(was.name), self.new.column(now.name)) for was, now in self.common}

    def _order(self) -> Iterator[str]:
        """SQL: by the values of the key, or of all fields, where they are values; then by their texts; then by kind."""
        pairs = self.pairs()
        for by in self.key or pairs:
            text = f"coalesce({', '.join(reversed(pairs[by]))})"
            yield f"TRY({read(self.new.resource.field(by), text)}) NULLS LAST"
            yield f"{text} NULLS FIRST"
        yield "kind DESC"

    def _row(self, kind: str, texts: list[str | None]) -> RowChange:
        names = self.old.resource.names(), self.new.resource.names()
        middle = len(names[0])
        before = dict(zip(names[0], texts[:middle], strict=True))
        after = dict(zip(names[1], texts[middle:], strict=True))
        was = {now.name: before[own.name] for own, now in self.common}
        key = " ".join(str((was if kind == REMOVED else after)[part]) for part in self.key)
        if kind != CHANGED:
            return RowChange(kind, key, before if kind == REMOVED else None, after if kind == ADDED else None, ())
        cells = (Cell(own, was[own], after[own]) for own in was if was[own] != after[own])
        return RowChange(kind, key, before, after, tuple(cells))


def row_changes(
    con: duckdb.DuckDBPyConnection, old: Published, new: Published, pair: tuple[Resource, Resource], renames: Renames
) -> RowChanges:
    """How the rows of a table differ. Raises `FmdataError` for files whose rows are not what their contract says.

    The differing rows go to a table in the schema `history` of `con`.
    """
    before, after = pair
    base = RowChanges(
        Side(old, before, "o"), Side(new, after, "n"), tuple(renames.common(before, after)), after.primary_key
    )
    if old.hashes[before.name] == new.hashes[after.name] and _read_alike(before, after):
        return base
    with reading(after.name):
        expect_sound(con, base.old)
        expect_sound(con, base.new)
        if _lacks_key(con, base, renames.key(before.name, before.primary_key)):
            why = f"no row of {old.version} can be told by the present primary key, {' + '.join(base.key)}"
            return RowChanges(base.old, base.new, base.common, base.key, why_not=why)
        relation = made(con, _matched(base) if base.key else _counted(base))
        query = f"SELECT kind, sum(times)::BIGINT FROM {relation} GROUP BY kind"
        counts = dict(con.execute(query).fetchall())
        if not counts:
            return base
        cells = _cells(con, base, relation) if CHANGED in counts else {}
    return RowChanges(base.old, base.new, base.common, base.key, relation, counts, cells)


def _read_alike(before: Resource, after: Resource) -> bool:
    """Whether the same file has the same cells under both contracts."""
    was, now = ([(own.name, own.missing_values) for own in table.fields] for table in (before, after))
    return was == now


def _lacks_key(con: duckdb.DuckDBPyConnection, base: RowChanges, was: tuple[str, ...]) -> bool:
    """Whether rows have another key than before, and had none that is the present one."""
    names = {now.name: own.name for own, now in base.common}
    if not base.key or was == base.key:
        return False
    return not set(base.key) <= names.keys() or not is_key(con, base.old, [names[part] for part in base.key])


def made(con: duckdb.DuckDBPyConnection, query: str) -> str:
    """The name of a new table with the answer of a query. It is none of a connection's own: other cursors see it."""
    con.execute("CREATE SCHEMA IF NOT EXISTS history")
    number = count(con, "(FROM duckdb_tables() WHERE schema_name = 'history')")
    con.execute(f"CREATE TABLE history.made_{number} AS {query}")
    return f"history.made_{number}"


def _matched(base: RowChanges) -> str:
    """SQL: the rows that differ of a table with a key."""
    pairs = base.pairs()
    same = " AND ".join(f"{was} = {now}" for was, now in (pairs[part] for part in base.key))
    gone, come = (f"{column} IS NULL" for column in reversed(pairs[base.key[0]]))
    others = (f"{was} IS DISTINCT FROM {now}" for field, (was, now) in pairs.items() if field not in base.key)
    return f"""
        SELECT CASE WHEN {come} THEN '{ADDED}' WHEN {gone} THEN '{REMOVED}' ELSE '{CHANGED}' END AS kind, 1 AS times,
            {", ".join([*base.old.columns(), *base.new.columns()])}
        FROM {base.old.rows} FULL JOIN {base.new.rows} ON {same}
        WHERE {" OR ".join([gone, come, *others])}
    """


def _counted(base: RowChanges) -> str:
    """SQL: the rows of which a table without a key has more or less, those that are alike together."""
    pairs = base.pairs()
    cells = ", ".join(f"c{number}" for number in range(len(pairs)))
    sides = []
    for at, (side, one) in enumerate(((base.old, -1), (base.new, 1))):
        own = (f"{pair[at]} AS c{number}" for number, pair in enumerate(pairs.values()))
        sides.append(f"SELECT {', '.join(own)}, {one} AS one FROM {side.rows}")
    places = {column: f"c{number}" for number, pair in enumerate(pairs.values()) for column in pair}
    every = (f"{places.get(own, 'NULL::VARCHAR')} AS {own}" for own in [*base.old.columns(), *base.new.columns()])
    return f"""
        SELECT if(more > 0, '{ADDED}', '{REMOVED}') AS kind, abs(more) AS times, {", ".join(every)} FROM (
            SELECT {cells}, sum(one)::BIGINT AS more FROM ({" UNION ALL ".join(sides)}) GROUP BY {cells}
        ) WHERE more != 0
    """


def _cells(con: duckdb.DuckDBPyConnection, base: RowChanges, relation: str) -> dict[str, int]:
    """How many cells of each column changed."""
    pairs = {field: pair for field, pair in base.pairs().items() if field not in base.key}
    sums = ", ".join(f"count_if({was} IS DISTINCT FROM {now})" for was, now in pairs.values())
    [numbers] = con.execute(f"SELECT {sums} FROM {relation} WHERE kind = '{CHANGED}'").fetchall()
    return {field: number for field, number in zip(pairs, numbers, strict=True) if number}
