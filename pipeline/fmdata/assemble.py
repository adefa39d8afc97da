"""From the contract to checked tables: the part of a build that `check` and `build` share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb

from fmdata.casts import cast
from fmdata.checks import Rules, check_anchors, check_keys, check_ledger, check_rows, load_rules, without_echo
from fmdata.contract import Anchoring, Package, Resource, anchoring
from fmdata.errors import Failure, FmdataError, raise_if
from fmdata.extracts import discover, manifest
from fmdata.intake import make_tables, refuse, take_in
from fmdata.provenance import generate
from fmdata.rights import check_cells
from fmdata.sql import literal, name
from fmdata.tables import is_published_as_is, macros, select, selects

Progress = Callable[[str], None]


@contextmanager
def workspace(*writable: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory database for one run; SQL in it may write to the `writable` folders and reach nothing else later."""
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as con:
        con.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = true")
        con.execute(f"SET allowed_directories = [{', '.join(literal(folder) for folder in writable)}]")
        for schema in ("held", "raw", "selected"):
            con.execute(f"CREATE SCHEMA {schema}")
        yield con


def assemble(con: duckdb.DuckDBPyConnection, package: Package, progress: Progress) -> Anchoring | None:
    """Fill the schema `main` of `con` with the typed, checked rows of every table of the contract.

    Returns the tables that anchor its places, if it has any. Raises `CheckError` with every failure of the first stage
    that has any: files, bytes and records; extracts against their contract; tables and anchors against theirs.
    """
    raw = manifest(package)
    roles = anchoring(package, raw)
    faults = _tables(con, package, raw, [], progress)
    progress("checking tables")
    faults += _check(con, package, raw)
    if roles:
        unanchored, foreign = check_anchors(con, roles)
        unanchored += check_ledger(con, package, roles, foreign)
        faults = [*without_echo(faults, unanchored, roles.places.name), *unanchored] if unanchored else faults
        faults += check_cells(con, package, roles) if faults else []
    raise_if(_without_echo(faults))
    return roles


def assemble_unanchored(con: duckdb.DuckDBPyConnection, package: Package, progress: Progress) -> Anchoring:
    """Fill `main` with the typed rows of every table, as far as it goes without anchors: the places have no measures.

    Only files, extracts and types are checked. Raises `CheckError` for what is wrong with them, `FmdataError` for a
    project that anchors nothing.
    """
    raw = manifest(package)
    roles = anchoring(package, raw)
    if roles is None:
        raise FmdataError(
            f"{raw.path}: no extract has the role anchors, so there is nothing to anchor. See CONTRIBUTING."
        )
    raise_if(_without_echo(_tables(con, package, raw, [roles.anchors, roles.word_runs], progress)))
    return roles


def _tables(
    con: duckdb.DuckDBPyConnection, package: Package, raw: Package, without: list[Resource], progress: Progress
) -> list[Failure]:
    """Make every table in `main`, the extracts checked; those `without` are taken for empty. Returns typing faults."""
    progress("reading extracts")
    # Without a contract of their own, the extracts are checked once, as the tables they become.
    checks: Mapping[str, Rules] = {r.name: [] for r in raw} if raw.path != package.path else {}
    if is_published_as_is(package, raw):
        rules = load_rules(package)
        checks = {resource.name: rules.get(resource.name, []) for resource in raw}
    faults = _take_in(con, package.root, raw, without, checks)
    con.execute("SET enable_external_access = false")
    progress("making tables")
    with ThreadPoolExecutor(1) as aside:
        checked = aside.submit(_check_keys, con.cursor(), "raw", raw) if raw.path != package.path else None
        try:
            made = _make_tables(con, package, raw)
        except FmdataError:
            # What is wrong with the extracts goes before what their tables make of it.
            raise_if(_without_echo(faults + checked.result()) if checked else [])
            raise
        raise_if(_without_echo(faults + checked.result()) if checked else [])
    return faults + made


def _take_in(
    con: duckdb.DuckDBPyConnection,
    root: Path,
    raw: Package,
    without: list[Resource],
    checks: Mapping[str, Rules],
) -> list[Failure]:
    extracts, failures = discover(root, raw)
    missing = {failure.file for failure in failures}
    rows: list[Failure] = []
    doubted = []
    for extract in extracts:
        if extract.resource in without:
            failures = [failure for failure in failures if failure.file not in extract.files]
            make_tables(con, extract, extract.resource.names())
            continue
        there = replace(extract, files=tuple(file for file in extract.files if file not in missing))
        taken = take_in(con, root, there, checks.get(extract.resource.name), extract.resource.names())
        rows += taken.failures
        doubted += [(extract.resource, file) for file in taken.doubted]
    refuse(con, root, failures, doubted)
    return rows


def _make_tables(con: duckdb.DuckDBPyConnection, package: Package, raw: Package) -> list[Failure]:
    failures: list[Failure] = []
    macros(con, package.root)
    as_is = is_published_as_is(package, raw)
    for table, sql in selects(con, package).items():
        resource = package.resource(table)
        if as_is:
            con.execute(f"CREATE VIEW main.{name(table)} AS {sql}")
            continue
        failures += select(con, resource, sql)
        raise_if([failure for failure in failures if failure.rule == "columns"])
        failures += cast(con, f"selected.{name(table)}", f"main.{name(table)}", resource)
    generate(con, package)
    for resource in package:
        if resource.generated:
            failures += cast(con, f"selected.{name(resource.name)}", f"main.{name(resource.name)}", resource)
    return failures


def _check(con: duckdb.DuckDBPyConnection, package: Package, raw: Package) -> list[Failure]:
    """What is wrong with the rows of each table that were not checked as they came in, and with the keys of all."""
    rules = load_rules(package)
    as_is = is_published_as_is(package, raw)
    failures = []
    for resource in package:
        if resource.generated or not as_is:
            failures += check_rows(con, f"main.{name(resource.name)}", resource, rules.get(resource.name, []))
    return failures + _check_keys(con, "main", package)


def _check_keys(con: duckdb.DuckDBPyConnection, schema: str, package: Package) -> list[Failure]:
    return [failure for resource in package for failure in check_keys(con, schema, resource)]


def _without_echo(failures: list[Failure]) -> list[Failure]:
    """A value that is no value is told once: not as the blank it leaves behind, nor again once it is typed."""
    typed = {(f.file, f.line, f.field) for f in failures if f.rule == "type"}
    told = {(f.file, f.line, f.field, f.rule): f for f in reversed(failures) if f.rule == "missing value"}
    return [
        f
        for f in failures
        if (f.rule != "required" or (f.file, f.line, f.field) not in typed)
        and told.get((f.file, f.line, f.field, f.rule), f) is f
    ]
