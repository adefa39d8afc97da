"""From the contract to checked tables: the part of a build that `check` and `build` share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import duckdb

from fmdata.casts import cast
from fmdata.checks import Rules, check_anchors, check_keys, check_ledger, check_rows, load_rules, without_echo
from fmdata.contract import Anchoring, Package, Resource, anchoring
from fmdata.errors import Failure, FmdataError, raise_if
from fmdata.extracts import check_bytes, discover, manifest, stage, stage_empty
from fmdata.provenance import generate
from fmdata.rights import check_cells
from fmdata.sql import literal, name
from fmdata.tables import macros, select, selects

Progress = Callable[[str], None]


@contextmanager
def workspace(*writable: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory database for one run; SQL in it may write to the `writable` folders and reach nothing else later."""
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as con:
        con.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = true")
        con.execute(f"SET allowed_directories = [{', '.join(literal(folder) for folder in writable)}]")
        for schema in ("text", "raw", "selected"):
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
    faults += _check(con, "main", package, load_rules(package))
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
    _stage_extracts(con, package.root, raw, without)
    faults = _cast_extracts(con, raw)
    con.execute("SET enable_external_access = false")
    progress("checking extracts and making tables")
    with ThreadPoolExecutor(1) as aside:
        # Without a contract of their own, the extracts are checked once, as the tables they become.
        checked = aside.submit(_check, con.cursor(), "raw", raw, {}) if raw.path != package.path else None
        try:
            made = _make_tables(con, package)
        except FmdataError:
            # What is wrong with the extracts goes before what their tables make of it.
            raise_if(_without_echo(faults + checked.result()) if checked else [])
            raise
        raise_if(_without_echo(faults + checked.result()) if checked else [])
    return faults + made


def _stage_extracts(con: duckdb.DuckDBPyConnection, root: Path, raw: Package, without: list[Resource]) -> None:
    extracts, failures = discover(root, raw)
    for extract in extracts:
        if extract.resource in without:
            failures = [failure for failure in failures if failure.file not in extract.files]
            stage_empty(con, extract.resource)
    extracts = [extract for extract in extracts if extract.resource not in without]
    missing = {failure.file for failure in failures}
    for extract in extracts:
        for file in extract.files:
            if file not in missing:
                failures += check_bytes(root, file, extract.resource.names())
    raise_if(failures)
    for extract in extracts:
        failures += stage(con, root, extract)
    raise_if(failures)


def _cast_extracts(con: duckdb.DuckDBPyConnection, raw: Package) -> list[Failure]:
    failures = []
    for resource in raw:
        failures += cast(con, f"text.{name(resource.name)}", f"raw.{name(resource.name)}", resource, gated=True)
        con.execute(f"DROP TABLE text.{name(resource.name)}")
    return failures


def _make_tables(con: duckdb.DuckDBPyConnection, package: Package) -> list[Failure]:
    failures: list[Failure] = []
    macros(con, package.root)
    for table, sql in selects(con, package).items():
        resource = package.resource(table)
        failures += select(con, resource, sql)
        raise_if([failure for failure in failures if failure.rule == "columns"])
        failures += cast(con, f"selected.{name(table)}", f"main.{name(table)}", resource)
    generate(con, package)
    for resource in package:
        if resource.generated:
            failures += cast(con, f"selected.{name(resource.name)}", f"main.{name(resource.name)}", resource)
    return failures


def _check(con: duckdb.DuckDBPyConnection, schema: str, package: Package, rules: dict[str, Rules]) -> list[Failure]:
    failures = []
    for resource in package:
        table = f"{schema}.{name(resource.name)}"
        failures += check_rows(con, table, resource, rules.get(resource.name, []))
        failures += check_keys(con, schema, resource)
    return failures


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
