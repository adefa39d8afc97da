"""Which rows of a table rest on a work, or on a source: as SQL over the tables of a release.

A row rests on a work when evidence says so. The table with the role `evidence` has a foreign key to the works, and
others, each of one field, that name what a work stands behind. A row of a table rests on the work if it has the same
value in the field of the same name, and that field is the key which the evidence refers to, or a foreign key to the
same table: what is said of a thing holds for each row that names it. Evidence rests on its own work; all other
rows rest on none. A row rests on a source if a cell of it has its place there, or if the row itself names the source.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from fmdata.contract import Lineage, Package, Resource, Works
from fmdata.provenance import fact_tables, row_key
from fmdata.sql import literal, name

RELEASE = "release"
"""By which name the relations call the database with the tables of the release."""
Resting = Callable[[Resource, Collection[str]], list[str]]
"""SQL: tests of which one is true of each row of a table that rests on some groups; none if no row ever does."""


def ties(known: Works, table: Resource) -> list[str]:
    """The fields by which rows of a table rest on what evidence is about; evidence itself says what it rests on."""
    assert known.evidence, "there are no ties without"
    if table is known.evidence.table:
        return []
    found = []
    for key in known.subjects:
        same = (key.resource == table.name and key.fields == key.reference_fields) or any(
            (own.fields, own.resource, own.reference_fields) == (key.fields, key.resource, key.reference_fields)
            for own in table.foreign_keys
        )
        if len(key.fields) == 1 and same:
            found.append(key.fields[0])
    return found


def on_evidence(known: Works, key: str) -> Resting:
    """Rows rest on evidence, the groups of which are told apart by the text of a `key`."""
    assert known.evidence, "the caller asked"
    evidence = known.evidence.table

    def tests(table: Resource, groups: Collection[str]) -> list[str]:
        among = _among(key, groups)
        if table is evidence:
            return [among]
        return [
            f"{name(field)} IN (SELECT {name(field)} FROM {_released(evidence)} "
            f"WHERE {name(field)} IS NOT NULL AND {among})"
            for field in ties(known, table)
        ]

    return tests


def on_sources(package: Package, places: Lineage) -> Resting:
    """Rows rest on the sources where their cells have their places."""
    assert places.sources, "the caller asked"
    sources, facts = places.sources, {table.name for table in fact_tables(package)}

    def tests(table: Resource, groups: Collection[str]) -> list[str]:
        among = _among("source_id", groups)
        held = f"passage_id IN (SELECT {name(places.place_key)} FROM {_released(places.places)} WHERE {among})"
        found = []
        if table is sources or any(
            key.fields == ("source_id",) and key.resource == sources.name for key in table.foreign_keys
        ):
            found.append(among)
        if table is places.cells:
            found.append(held)
        if table.name in facts:
            cells = f"SELECT row_key FROM {_released(places.cells)} WHERE table_name = {literal(table.name)}"
            found.append(f"{row_key(table)} IN ({cells} AND {held})")
        return found

    return tests


def without(tables: Sequence[Resource], resting: Resting, groups: Collection[str]) -> dict[str, str]:
    """By table, the rows that rest on none of the groups; a table that is not there loses none."""
    tests = {table.name: resting(table, groups) for table in tables if groups}
    return {table.name: _rows(table, f"NOT ({_any(tests[table.name])})") for table in tables if tests.get(table.name)}


def only(
    tables: Sequence[Resource], resting: Resting, groups: Collection[str], every: Collection[str]
) -> dict[str, str]:
    """By table, the rows that rest on some of the groups, or on none of `every` group; likewise."""
    return {
        table.name: _rows(table, f"{_any(resting(table, groups))} OR NOT ({_any(tests)})")
        for table in tables
        if (tests := resting(table, every))
    }


def _rows(table: Resource, condition: str) -> str:
    return f"SELECT * FROM {_released(table)} WHERE {condition}"


def _any(tests: list[str]) -> str:
    """SQL: whether one of the tests is true; a blank is in no list, and not out of one either."""
    return " OR ".join(f"coalesce({test}, false)" for test in tests) or "false"


def _among(key: str, groups: Collection[str]) -> str:
    return f"{key} IN ({', '.join(map(literal, sorted(groups)))})" if groups else "false"


def _released(table: Resource) -> str:
    return f"{name(RELEASE)}.main.{name(table.name)}"
