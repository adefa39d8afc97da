"""The DuckDB file of a release: tables with their constraints, views, a macro, comments, `_release`, `_dictionary`.

The profile is the one that gives the same bytes each build and opens in DuckDB 1.2.2 and later: storage version 1.2.0,
blocks that are small or for large tables middling, no compression, one thread, ordered inserts of a fixed size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import duckdb
import polars as pl

from fmdata.arrow import ArrowStream
from fmdata.contract import ForeignKey, Package, Resource
from fmdata.contract.roles import log_of
from fmdata.contract.types import storage
from fmdata.errors import FmdataError
from fmdata.sql import count, literal, name, scalar
from fmdata.writers.about import RELEASE_COLUMNS, release_row
from fmdata.writers.as_of import as_of
from fmdata.writers.csv import published_parts, published_values
from fmdata.writers.ddl import comments, statements, unkeyed
from fmdata.writers.dictionary import COLUMNS, dictionary
from fmdata.writers.doors import door
from fmdata.writers.shape import Shape, shape
from fmdata.writers.views import create_views

# The size of a block, by whether there are large tables. A small database is a tenth of what it is in blocks of the
# usual size; each block takes memory, so large tables want fewer. Of the usual size, files differ from build to build.
_BLOCKS = {False: 1 << 14, True: 1 << 16}
Place = Callable[[Resource, int], tuple[str, int]]
Look = Callable[[Resource, pl.DataFrame], None]


def write_database(
    con: duckdb.DuckDBPyConnection,
    package: Package,
    folder: Path,
    counts: dict[str, int],
    content: Callable[[], str],
    place: Place,
    look: Look,
) -> Shape:
    """Write `folder/<package>.duckdb` from the CSV files in `folder/data/`, whose rows are `counts`.

    `con` is an in-memory database of one thread, of use for nothing else. `content` waits until it is known what
    changed since the release before: then `counts` has the rows of the history, and it gives the content hash. `place`
    says where a row of a table comes from, counted from 0; `look` sees all rows as they are read.
    Returns the shape that it was given.
    """
    path = folder / f"{package.name}.duckdb"
    con.execute("SET TimeZone = 'UTC'; SET force_compression = 'uncompressed'")
    # How large the history is, is not known yet.
    loose = unkeyed(package, counts)
    con.execute(f"ATTACH {literal(path)} AS out (STORAGE_VERSION 'v1.2.0', BLOCK_SIZE {_BLOCKS[bool(loose)]})")
    con.execute("USE out")
    # Registered within the transaction, each part would stay in memory until its end.
    given = {
        resource.name: ArrowStream(pl.DataFrame(schema=dict.fromkeys(resource.names(), pl.String)))
        for resource in package
    }
    for table, rows in given.items():
        con.register(_given(table), rows)
    con.execute("BEGIN")
    with ThreadPoolExecutor(1) as aside:
        for resource, making, keying in _in_turn(package, counts, content):
            for statement in making:
                con.execute(statement)
            parts = published_parts(resource, folder, counts[resource.name])
            sizes = _given_to(given[resource.name], resource, parts, look, aside)
            _fill(con, resource, sizes, place, keyed=resource.name not in loose)
            for statement in keying:
                con.execute(statement)
            _comment(con, resource.name, comments(resource))
    con.execute("SET enable_external_access = false")
    _describe(con, package, content())
    create_views(con, package)
    for statement in [*door(package), *as_of(package, counts)]:
        con.execute(statement)
    written = shape(con, "out")
    con.execute("COMMIT; CHECKPOINT out; USE memory; DETACH out")
    return written


def _in_turn(
    package: Package, counts: dict[str, int], content: Callable[[], str]
) -> Iterator[tuple[Resource, list[str], list[str]]]:
    """The statements of each table, those of the history last: it may still be written while others are loaded."""
    log = log_of(package)
    yield from (table for table in statements(package, counts) if table[0] is not log)
    if log:
        content()
        yield from (table for table in statements(package, counts) if table[0] is log)


def _given(table: str) -> str:
    """What the part of a table that is loaded next is called."""
    return f"_part of {table}"


def _given_to(
    given: ArrowStream, resource: Resource, parts: Iterator[pl.DataFrame], look: Look, aside: Executor
) -> Iterator[int]:
    """Put one part after the other into `given`, each looked at `aside` meanwhile; yields how many rows it has."""
    looking = None
    for part in parts:
        if looking:
            looking.result()
        looking = aside.submit(look, resource, part)
        given.rows = part
        yield len(part)
    if looking:
        looking.result()


def _fill(con: duckdb.DuckDBPyConnection, resource: Resource, parts: Iterator[int], place: Place, keyed: bool) -> None:
    table, values, part = name(resource.name), published_values(resource), name(_given(resource.name))
    inward = [key for key in resource.foreign_keys if keyed and key.resource == resource.name]
    if inward:
        columns = ", ".join(f"{name(field.name)} {storage(field)}" for field in resource.fields)
        con.execute(f"CREATE TEMP TABLE unloaded ({columns}, _row BIGINT)")
    before = 0
    for rows in parts:
        if inward:
            con.execute(f"INSERT INTO unloaded SELECT {values}, {before} - 1 + row_number() OVER () FROM {part}")
        else:
            con.execute(f"INSERT INTO {table} SELECT {values} FROM {part}")
        before += rows
    if inward:
        _load(con, resource, table, inward, place)
        con.execute("DROP TABLE unloaded")


def _load(
    con: duckdb.DuckDBPyConnection, resource: Resource, table: str, inward: list[ForeignKey], place: Place
) -> None:
    """Fill a table whose rows refer to each other from `unloaded`.

    DuckDB refuses rows of one INSERT that refer to each other: parents go first, level by level.
    """
    ready = " AND ".join(
        f"(({' OR '.join(f's.{name(f)} IS NULL' for f in key.fields)}) OR EXISTS (SELECT 1 FROM {table} t WHERE "
        + " AND ".join(f"t.{name(r)} = s.{name(f)}" for f, r in zip(key.fields, key.reference_fields, strict=True))
        + "))"
        for key in inward
    )
    left = f"unloaded s WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE {_same(resource)})"
    while count(con, left):
        before = count(con, table)
        con.execute(f"INSERT INTO {table} SELECT s.* EXCLUDE (_row) FROM {left} AND {ready} ORDER BY _row")
        if count(con, table) == before:
            file, line = place(resource, scalar(con, f"SELECT min(_row) FROM {left}"))
            found = "from here on, rows refer to each other in a circle"
            raise FmdataError(f"{file}:{line} (table {resource.name}): {found}; expected one that refers to none.")


def _same(resource: Resource) -> str:
    key = resource.primary_key or resource.names()
    return " AND ".join(f"t.{name(field)} IS NOT DISTINCT FROM s.{name(field)}" for field in key)


def _describe(con: duckdb.DuckDBPyConnection, package: Package, content_hash: str) -> None:
    row = release_row(package, content_hash)
    _table(con, "_release", "One row: which release this file is.", RELEASE_COLUMNS, [row])
    words = "One row is one column of a table or view: what it holds."
    _table(con, "_dictionary", words, COLUMNS, dictionary(package))


def _table(
    con: duckdb.DuckDBPyConnection, table: str, words: str, columns: dict[str, str], rows: list[list[str]]
) -> None:
    kinds = {column: "INTEGER" if column == "position" else "VARCHAR" for column in columns}
    con.execute(f"CREATE TABLE {name(table)} ({', '.join(f'{name(c)} {kind}' for c, kind in kinds.items())})")
    values = ", ".join(f"CAST(unnest(?) AS {kind})" for kind in kinds.values())
    con.execute(f"INSERT INTO {name(table)} SELECT {values}", [list(column) for column in zip(*rows, strict=True)])
    _comment(con, table, {"": words} | columns)


def _comment(con: duckdb.DuckDBPyConnection, table: str, words: dict[str, str]) -> None:
    """Comment on a table, by '', and on its columns."""
    subjects = {c: f"COLUMN {name(table)}.{name(c)}" if c else f"TABLE {name(table)}" for c in words}
    con.execute("; ".join(f"COMMENT ON {subjects[column]} IS {literal(text)}" for column, text in words.items()))
