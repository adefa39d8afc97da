"""From the contract to checked tables: the part of a build that `check` and `build` share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from fmdata.ambiguity import ambiguous_keys
from fmdata.checks import (
    PassingKeys,
    Rules,
    check_anchors,
    check_keys,
    check_ledger,
    check_rows,
    load_rules,
    without_echo,
)
from fmdata.contract import Anchoring, Package, Resource, anchoring, works
from fmdata.contract.roles import KEPT
from fmdata.errors import FmdataError
from fmdata.extracts import discover, manifest, unpack
from fmdata.failures import Failures
from fmdata.intake import Meter, make_tables, refuse, take_in
from fmdata.making import make
from fmdata.passed import Passed
from fmdata.progress import Progress, Step
from fmdata.receivers import Passing, Publish
from fmdata.rights import check_cells
from fmdata.sql import Room, connect, count, literal, name
from fmdata.tables import is_published_as_is
from fmdata.tombstones import check_tombstones


@contextmanager
def workspace(room: Room, *writable: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory database for one run; SQL in it may write to the `writable` folders and reach nothing else later."""
    with connect(room) as con:
        # Cursors have the global one alone.
        con.execute("SET GLOBAL TimeZone = 'UTC'; SET preserve_insertion_order = true")
        con.execute(f"SET allowed_directories = [{', '.join(literal(folder) for folder in writable)}]")
        for schema in ("held", "raw", "selected"):
            con.execute(f"CREATE SCHEMA {schema}")
        yield con


@dataclass(frozen=True)
class Assembled:
    """What `assemble` made: the tables of `package`; `roles` anchor its places, if any.

    The rows of some tables are known to be `sound`. Of extracts that have `passed` no row is held.
    """

    package: Package
    roles: Anchoring | None
    passed: Passed | None
    sound: Set[str]

    def rows(self, con: duckdb.DuckDBPyConnection) -> dict[str, int]:
        """The number of rows of each table."""
        if self.passed:
            return {table: taken.rows for table, taken in self.passed.extracts.items()}
        return {resource.name: count(con, f"main.{name(resource.name)}") for resource in self.package}

    def place(self, con: duckdb.DuckDBPyConnection, resource: Resource, row: int) -> tuple[str, int]:
        """The file and line that a row of a table comes from; rows are counted from 0."""
        if self.passed:
            return self.passed.place(resource, row)
        query = f"SELECT _file, _line FROM main.{name(resource.name)} LIMIT 1 OFFSET {row}"
        [(file, line)] = con.execute(query).fetchall()
        return file, line


def assemble(
    con: duckdb.DuckDBPyConnection,
    package: Package,
    found: Failures,
    progress: Progress,
    scratch: Path,
    publish: Publish | None = None,
) -> Assembled:
    """Fill the schema `main` of `con` with the typed rows of every table of the contract; what is no value is `found`.

    What is compressed is unpacked in the folder `scratch`. With `publish`, extracts that are the tables are not held:
    it is given their rows, and something of their keys is kept. Raises `CheckError` for files, bytes and records that
    cannot be read, and for extracts that break a contract of their own.
    """
    raw = manifest(package)
    roles = anchoring(package, raw)
    works(package)
    passed, sound = _tables(con, package, raw, found, progress, scratch, publish=publish)
    return Assembled(package, roles, passed, sound)


def check_tables(con: duckdb.DuckDBPyConnection, made: Assembled, found: Failures, progress: Progress) -> None:
    """Check what `assemble` made: rows, keys, anchors. Raises `CheckError` with everything that is `found` by now."""
    package, roles = made.package, made.roles
    progress(Step("checking tables"))
    _check(con, made, found)
    found.extend(ambiguous_keys(con, package))
    found.extend(check_tombstones(con, package))
    found.raise_overflow()
    if roles:
        unanchored, foreign = check_anchors(con, roles)
        unanchored += check_ledger(con, package, roles, foreign)
        if unanchored:
            told = {failure.rule for failure in unanchored}
            found.kept[:] = [*without_echo(found.kept, told, roles.places.name), *unanchored]
        if found:
            found.extend(check_cells(con, package, roles))
    found.raise_any()


def assemble_unanchored(
    con: duckdb.DuckDBPyConnection, package: Package, progress: Progress, scratch: Path
) -> Anchoring:
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
    with Failures(package.root) as found:
        _tables(con, package, raw, found, progress, scratch, without=(roles.anchors, roles.word_runs))
        found.raise_any()
    return roles


def _tables(
    con: duckdb.DuckDBPyConnection,
    package: Package,
    raw: Package,
    found: Failures,
    progress: Progress,
    scratch: Path,
    without: tuple[Resource, ...] = (),
    publish: Publish | None = None,
) -> tuple[Passed | None, Set[str]]:
    """Make every table in `main`, the extracts checked; those `without` are taken for empty.

    Where rows can be published as they pass, nothing is asked of them afterwards but their keys: returns what passed,
    and the tables whose rows are known to break nothing. Raises what is wrong with the extracts where they have a
    contract of their own; else that, and what is no value in the tables, is `found`.
    """
    progress(step := Step("reading extracts"))
    # Without a contract of their own, the extracts are checked once, as the tables they become.
    own = raw.path != package.path
    checks: Mapping[str, Rules] = {resource.name: [] for resource in raw} if own else {}
    as_is = is_published_as_is(package, raw)
    if as_is:
        refuse_kept(package)
        rules = load_rules(package)
        checks = {resource.name: rules.get(resource.name, []) for resource in raw}
    passed = None
    if publish and as_is and not any(resource.generated or resource.role for resource in package):
        passed = Passed(Passing(publish, PassingKeys(con, raw, scratch)))
    _take_in(con, package.root, raw, found, without, checks, step, scratch, passed)
    con.execute("SET enable_external_access = false")
    if not as_is:
        found.raise_overflow()
    progress(Step("making tables"))
    with ThreadPoolExecutor(1) as aside, Failures(package.root) as made:
        checked = aside.submit(_check_keys, con.cursor(), "raw", raw, found) if own else None
        try:
            sound = make(con, package, raw, as_is, made)
        finally:
            # What is wrong with the extracts goes before what their tables make of it.
            if checked:
                checked.result()
                found.raise_any()
        made.raise_overflow()
        found.extend(made.kept)
    # Rows that are published as they came in were checked as they did.
    return passed, sound | {resource.name for resource in package if as_is and not resource.generated}


def refuse_kept(package: Package) -> None:
    """Raise `FmdataError` for tables that tell of others where these are the extracts as they are."""
    for resource in package:
        if resource.role in KEPT:
            found = f"{resource.name} has the role {resource.role}, but the tables are the extracts as they are"
            raise FmdataError(f"{package.path}: {found}. Describe the extracts in raw/datapackage.json.")


def _take_in(
    con: duckdb.DuckDBPyConnection,
    root: Path,
    raw: Package,
    found: Failures,
    without: tuple[Resource, ...],
    checks: Mapping[str, Rules],
    step: Step,
    scratch: Path,
    passed: Passed | None,
) -> None:
    extracts, failures = discover(root, raw)
    missing = {failure.file for failure in failures}
    texts: dict[str, Path] = {}
    for extract in extracts:
        for file in extract.files:
            if file not in missing and extract.resource not in without:
                texts[file], wrong = unpack(con, root, file, extract.resource, scratch)
                failures += wrong
                missing |= {file} if wrong else set()
    meter = Meter(step, sum(text.stat().st_size for text in texts.values()))
    doubted = []
    for extract in extracts:
        if extract.resource in without:
            failures = [failure for failure in failures if failure.file not in extract.files]
            make_tables(con, extract)
            continue
        there = replace(extract, files=tuple(file for file in extract.files if file not in missing))
        table, own_texts = extract.resource.name, {file: texts[file] for file in there.files}
        taken, unsound = take_in(
            con, there, own_texts, checks.get(table), found, meter, passed.passing if passed else None
        )
        if passed:
            passed.extracts[table] = taken
        doubted += [(extract.resource, file) for file in unsound]
    refuse(con, failures, doubted, texts)


def _check(con: duckdb.DuckDBPyConnection, made: Assembled, found: Failures) -> None:
    """Find what is wrong with the rows of tables that are not known to be sound, and with the keys of all."""
    unchecked = [resource for resource in made.package if resource.name not in made.sound]
    rules = load_rules(made.package) if unchecked else {}
    for resource in unchecked:
        found.add(check_rows(con, f"main.{name(resource.name)}", resource, rules.get(resource.name, [])))
    if made.passed:
        for resource in made.package:
            found.add(made.passed.check_keys(con, resource))
    else:
        _check_keys(con, "main", made.package, found)


def _check_keys(con: duckdb.DuckDBPyConnection, schema: str, package: Package, found: Failures) -> None:
    for resource in package:
        found.add(check_keys(con, schema, resource))
