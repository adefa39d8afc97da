"""The simplest answer there can be: a query over views of a release's tables, its rows counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import duckdb

from fmdata.contract import Package, load_published
from fmdata.references.credit import Credits, credited
from fmdata.references.resting import RELEASE
from fmdata.release import Release


@dataclass
class Asked:
    """Credits of queries of a release; `runs` counts how often each was answered, the last of them behind."""

    con: duckdb.DuckDBPyConnection
    package: Package
    runs: list[int] = field(default_factory=list)
    restricted: list[str] = field(default_factory=list)

    def credit(self, sql: str, *tables: str) -> Credits:
        self.runs.append(0)
        tables = tables or tuple(table.name for table in self.package)
        with self.con.cursor() as release:
            release.execute(f"USE {RELEASE}")
            return credited(release, self.package, tables, lambda restrict: self._answer(sql, restrict))

    def works(self, sql: str, *tables: str) -> list[str]:
        return [credit.key for credit in self.credit(sql, *tables).works]

    def _answer(self, sql: str, restrict: Mapping[str, str]) -> Counter[str]:
        self.runs[-1] += 1
        for table in {*restrict, *self.restricted}:
            rows = restrict.get(table, f'FROM {RELEASE}.main."{table}"')
            self.con.execute(f'CREATE OR REPLACE VIEW "{table}" AS {rows}')
        self.restricted = list(restrict)
        return Counter(map(repr, self.con.execute(sql).fetchall()))


@contextmanager
def asking(release: Release) -> Iterator[Asked]:
    """Ask a release, its own views among what can be asked."""
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{release.folder / release.name}.duckdb' AS {RELEASE} (READ_ONLY)")
        package = load_published(release.folder)
        found = dict(con.execute("SELECT view_name, sql FROM duckdb_views() WHERE NOT internal").fetchall())
        for table in package:
            con.execute(f'CREATE VIEW "{table.name}" AS FROM {RELEASE}.main."{table.name}"')
        for view in package.views:
            con.execute(found[view.name])
        yield Asked(con, package)
