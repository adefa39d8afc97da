"""Tables made out of extracts: two at a time, each as soon as those it reads are there, its rows checked meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property, partial
from queue import SimpleQueue

import duckdb
import polars as pl

from fmdata.casts import cast
from fmdata.checks import Rules, check_rows, load_rules
from fmdata.contract import Package, Resource
from fmdata.contract.roles import CHANGES
from fmdata.contract.types import storage
from fmdata.corrections import Correction, accepted, by_table, correct, misplaced
from fmdata.errors import Failure, FmdataError, raise_if
from fmdata.failures import Failures
from fmdata.provenance import generate
from fmdata.sql import name, stop
from fmdata.tables import macros, select, selects

_AT_ONCE = 2
# Makes `selected.<table>` on a connection.
_Select = Callable[[duckdb.DuckDBPyConnection], None]


def make(con: duckdb.DuckDBPyConnection, package: Package, raw: Package, as_is: bool, found: Failures) -> set[str]:
    """Make every table in `main`: by its SELECT and corrected, or of its extract `as_is`; then what is generated.

    What is no value, and what cannot be corrected, is `found`. Returns the tables whose rows are known to break
    nothing; what others break is left to be told in its order. Raises `FmdataError` for a SELECT that does not run,
    `CheckError` for one that lacks columns.
    """
    macros(con, package.root)
    wanted, corrections = selects(con, package), accepted(con, raw)
    found.extend(wrong := misplaced(corrections, package))
    of_table, corrected = by_table(corrections, wrong), [one.cell for one in corrections]
    with _Making(con, package, of_table) as making:
        for table, its in wanted.items():
            if as_is:
                con.execute(f"CREATE VIEW main.{name(table)} AS {its.sql}")
            else:
                resource = package.resource(table)
                making.begin(resource, partial(_select, resource, its.sql), its.reads)
        for resource in package:
            if resource.generated == CHANGES:
                make_empty(con, resource)
            elif resource.generated:
                making.begin(resource, partial(generate, package=package, corrected=corrected), () if as_is else wanted)
        return making.end(found) | {resource.name for resource in package if resource.generated == CHANGES}


def make_empty(con: duckdb.DuckDBPyConnection, resource: Resource) -> None:
    """Make the table of what changed, which is filled once there is a release to compare with the one before."""
    columns = ", ".join(f"{name(field.name)} {storage(field)}" for field in resource.fields)
    con.execute(f"CREATE TABLE main.{name(resource.name)} ({columns}, _file VARCHAR, _line BIGINT)")


def _select(resource: Resource, sql: str, con: duckdb.DuckDBPyConnection) -> None:
    raise_if(select(con, resource, sql))


class _Making:
    """Tables that are being made, and checked behind that, in threads of their own."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, package: Package, corrections: Mapping[str, list[Correction]]
    ) -> None:
        self._cursors = [con.cursor() for _ in range(_AT_ONCE + 1)]
        self._judge, *free = self._cursors
        self._free: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()
        for cursor in free:
            self._free.put(cursor)
        self._maker, self._checker = ThreadPoolExecutor(_AT_ONCE), ThreadPoolExecutor(1)
        self._package, self._corrections = package, corrections
        self._wrong: list[Failure] = []
        self._made: dict[str, Future[list[pl.DataFrame]]] = {}
        self._sound: dict[str, Future[bool]] = {}

    def __enter__(self) -> _Making:
        return self

    def __exit__(self, failed: object, *_: object) -> None:
        pools = (self._maker, self._checker)
        for pool in pools:
            pool.shutdown(wait=False, cancel_futures=True)
        for cursor in self._cursors if failed else ():
            stop(cursor)
        for pool in pools:
            pool.shutdown()
        for cursor in self._cursors:
            cursor.close()

    def begin(self, resource: Resource, selected: _Select, reads: Iterable[str]) -> None:
        """Have a table made once those that it `reads` are, which were begun before."""
        before = [self._made[table] for table in reads]
        made = self._maker.submit(self._make, resource, selected, before)
        self._made[resource.name] = made
        self._sound[resource.name] = self._checker.submit(self._is_sound, resource, made)

    def end(self, found: Failures) -> set[str]:
        """Wait for all, in their order: what is no value is `found`. Returns those that are sound."""
        for made in self._made.values():
            found.add(made.result())
            # Nobody else asks what it was.
            made.result().clear()
        found.extend(self._wrong)
        return {table for table, sound in self._sound.items() if sound.result()}

    def _make(
        self, resource: Resource, selected: _Select, before: list[Future[list[pl.DataFrame]]]
    ) -> list[pl.DataFrame]:
        for made in before:
            made.result()
        con = self._free.get()
        try:
            selected(con)
            found = cast(con, f"selected.{name(resource.name)}", f"main.{name(resource.name)}", resource)
            self._wrong += correct(con, resource, self._corrections.get(resource.name, ()))
            return found
        finally:
            self._free.put(con)

    @cached_property
    def _rules(self) -> dict[str, Rules]:
        return load_rules(self._package)

    def _is_sound(self, resource: Resource, made: Future[list[pl.DataFrame]]) -> bool:
        try:
            made.result()
            checks = self._rules.get(resource.name, [])
            return next(check_rows(self._judge, f"main.{name(resource.name)}", resource, checks), None) is None
        except FmdataError:
            # Whoever asks again is told.
            return False
