"""From the contract to checked tables: the part of a build that `check` and `build` share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import duckdb

from fmdata.casts import cast
from fmdata.checks import Rules, check_keys, check_rows, load_rules
from fmdata.contract import Package
from fmdata.errors import Failure, FmdataError, raise_if
from fmdata.extracts import check_bytes, discover, manifest, stage
from fmdata.provenance import generate
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


def assemble(con: duckdb.DuckDBPyConnection, package: Package, progress: Progress) -> None:
    """Fill the schema `main` of `con` with the typed, checked rows of every table of the contract.

    Raises `CheckError` with every failure of the first stage that has any: files, bytes and records; extracts against
    their contract; tables against theirs.
    """
    progress("reading extracts")
    raw = manifest(package)
    _stage_extracts(con, package.root, raw)
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
    faults += made
    progress("checking tables")
    faults += _check(con, "main", package, load_rules(package))
    raise_if(_without_echo(faults))


def _stage_extracts(con: duckdb.DuckDBPyConnection, root: Path, raw: Package) -> None:
    extracts, failures = discover(root, raw)
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
    generate(con, package, "main")
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
