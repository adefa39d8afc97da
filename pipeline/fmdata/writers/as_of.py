"""Tables as of a released version: a table macro for each, `<table>_as_of('1.0.0')`, made from the contract.

A row of then has each value that it has now, but where the history says that it was another one since: the oldest of
the changes since then tells what was there before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from fmdata.contract import Package, Resource
from fmdata.contract.roles import log_of
from fmdata.contract.types import published
from fmdata.provenance import row_key
from fmdata.sql import literal, name

ENDING = "_as_of"
PARAMETER = "_version"
WHOLE = "*"
"""What stands for the column of a whole row, and for the row of a whole column or table."""
FIELD, UNKNOWN = "field_added", "not_compared"
"""Changes of a whole table: a field that it has since, and rows that could not be matched with those before."""


def keeps(package: Package, rows: Mapping[str, int]) -> list[str]:
    """The tables whose history is kept: they have a key to name rows by, and no more rows than the contract allows."""
    log, most = log_of(package), package.limits.history
    return [own.name for own in package if log and own.primary_key and own is not log and rows[own.name] <= most]


def as_of(package: Package, rows: Mapping[str, int]) -> Iterator[str]:
    """SQL: the statements that make the macros and say what they are; `rows` are those of each table."""
    log = log_of(package)
    versions = [*package.descriptor.get("releases", []), package.version]
    for table in keeps(package, rows) if log else ():
        assert log
        resource = package.resource(table)
        macro = name(f"{table}{ENDING}")
        yield f"CREATE MACRO {macro}({PARAMETER}) AS TABLE {_select(resource, log, versions)}"
        example = f"FROM {table}{ENDING}({literal(versions[0])})"
        words = f"The rows of {table} as they were in a released version, e.g. {example}."
        yield f"COMMENT ON MACRO TABLE {macro} IS {literal(words)}"


def _select(resource: Resource, log: Resource, versions: Sequence[str]) -> str:
    table, known = literal(resource.name), ", ".join(f"({literal(v)}, {place})" for place, v in enumerate(versions))
    unknown = literal(f"expected one of the versions {', '.join(versions)}; found ")
    lost = literal(f"the key of {resource.name} was another one: its rows cannot be told as of the version ")
    told = ", ".join(
        f"bool_or(column_name = {literal(field.name)}) AS is{number}, "
        f"max(old_value) FILTER (column_name = {literal(field.name)}) AS old{number}"
        for number, field in enumerate(resource.fields)
    )
    later = ", ".join(
        f"coalesce(bool_or(column_name = {literal(field.name)}), false) AS later{number}"
        for number, field in enumerate(resource.fields)
    )
    values = ", ".join(
        f"CASE WHEN later{number} THEN NULL WHEN is{number} THEN {published(field, f'old{number}')} "
        f"ELSE now_.{name(field.name)} END AS {name(field.name)}"
        for number, field in enumerate(resource.fields)
    )
    asked, of_table = f"CAST({PARAMETER} AS VARCHAR)", f"{literal(FIELD)}, {literal(UNKNOWN)}"
    return f"""
        WITH known(version, place) AS (VALUES {known}),
        asked AS (SELECT coalesce(
            (SELECT place FROM known WHERE version = {asked}), error({unknown} || coalesce({asked}, 'NULL'))) AS place),
        log AS (SELECT row_key, column_name, change, old_value, known.place AS place
            FROM {name(log.name)} JOIN known USING (version), asked
            WHERE table_name = {table} AND known.place > asked.place),
        -- Of a column, the oldest change; a list, for the function would pass over a blank.
        oldest AS (SELECT row_key, column_name, arg_min(change, place) AS change,
            arg_min(CASE WHEN old_value IS NULL THEN [] ELSE [old_value] END, place)[1] AS old_value
            FROM log WHERE change NOT IN ({of_table}) GROUP BY row_key, column_name),
        then_ AS (SELECT row_key, bool_or(change = 'added') AS came, bool_or(change = 'removed') AS went, {told}
            FROM oldest GROUP BY row_key),
        later_ AS (SELECT coalesce(bool_or(change = {literal(UNKNOWN)}), false) AS lost, {later}
            FROM log WHERE change IN ({of_table}))
        SELECT {values}
        FROM (SELECT *, {row_key(resource)} AS key_, rowid AS place_ FROM {name(resource.name)}) AS now_
        FULL JOIN then_ ON then_.row_key = now_.key_, later_
        WHERE CASE WHEN lost THEN error({lost} || {asked}) ELSE
            came IS NOT TRUE AND (now_.key_ IS NOT NULL OR went) END
        ORDER BY place_
    """
