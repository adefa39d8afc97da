"""Keys that other tables of the old release refer to, and that are gone in the new one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import duckdb

from fmdata.contract import ForeignKey, Resource
from fmdata.history.published import Published
from fmdata.history.renames import Renames
from fmdata.history.row_changes import ADDED, REMOVED, RowChanges, made
from fmdata.history.sides import Side, reading
from fmdata.sql import count, drained


class Gone(NamedTuple):
    """Keys of `table` that are gone, and that the table `by` referred to: `number` of them, in `relation`."""

    table: str
    fields: tuple[str, ...]
    by: str
    number: int
    relation: str

    def keys(self, con: duckdb.DuckDBPyConnection, limit: int | None = None) -> Iterator[str]:
        """The keys in order, at most `limit` of them, from the connection that found them."""
        query = f"FROM {self.relation} ORDER BY ALL" + (f" LIMIT {limit}" if limit is not None else "")
        with con.cursor() as cursor:
            for parts in drained(cursor.execute(query)):
                yield " ".join(parts)


def gone(con: duckdb.DuckDBPyConnection, old: Published, changes: list[RowChanges], renames: Renames) -> list[Gone]:
    """What is gone of tables whose rows were compared, for each of the old release's tables that refer to them."""
    found = []
    for parent in changes:
        if not parent.relation or parent.follows:
            continue
        for child, key in _referring(old, parent.old.resource):
            with reading(child.name):
                relation = made(con, _query(Side(old, child, "c"), key, parent))
            if number := count(con, relation):
                fields = renames.key(parent.old.resource.name, key.reference_fields)
                found.append(Gone(parent.table, fields, renames.table(child.name), number, relation))
    return found


def _referring(old: Published, parent: Resource) -> Iterator[tuple[Resource, ForeignKey]]:
    """Other tables' keys alone: rows that refer to rows of their own table come and go with them."""
    for child in old.package:
        for key in child.foreign_keys:
            if key.resource == parent.name != child.name:
                yield child, key


def _query(child: Side, key: ForeignKey, parent: RowChanges) -> str:
    """SQL: the keys that are gone.

    A key is gone when the row that had it is, or has another one, and no other row has it now.
    """
    was = [parent.old.column(part) for part in key.reference_fields]
    now = {before.name: parent.new.column(after.name) for before, after in parent.common}
    lost = f"SELECT DISTINCT {', '.join(was)} FROM {parent.relation} WHERE kind != '{ADDED}'"
    if set(key.reference_fields) <= now.keys():
        there = ", ".join(now[part] for part in key.reference_fields)
        lost += f" EXCEPT SELECT {there} FROM {parent.relation} WHERE kind != '{REMOVED}'"
    same = " AND ".join(f"{child.column(own)} = {part}" for own, part in zip(key.fields, was, strict=True))
    return f"SELECT * FROM ({lost}) SEMI JOIN {child.rows} ON {same}"
