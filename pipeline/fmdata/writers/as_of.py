"""Tables as of a released version: a table macro for each, `<table>_as_of('1.0.0')`, made from the contract.

A row of then has each value that it has now, but where the history says that it was another one since: the oldest of
the changes since then tells what was there before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from fmdata.contract import Field, Package, Resource
from fmdata.contract.roles import log_of
from fmdata.contract.types import read, storage, write
from fmdata.provenance import row_key
from fmdata.sql import literal, name

ENDING = "_as_of"
PARAMETER = "_version"
WHOLE = "*"
"""What stands for the column of a whole row, and for the row of a whole column or table."""
ADDED = "added"
"""The change of a row that was not there before."""
FIELD, GONE, UNKNOWN = "field_added", "field_removed", "not_compared"
"""Changes of a whole table: fields that it has or had since, and rows of which nothing is known before."""


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
    # No field begins with _, so no name of ours is one of its columns.
    table, known = literal(resource.name), ", ".join(f"({literal(v)}, {place})" for place, v in enumerate(versions))
    asked, of_table = f"CAST({PARAMETER} AS VARCHAR)", ", ".join(map(literal, (FIELD, GONE, UNKNOWN)))
    unknown = literal(f"expected one of the versions {', '.join(versions)}; found ")
    lost = literal(f"{resource.name} was not there yet, or its rows cannot be matched with these, in the version ")
    fields = [(number, field, literal(field.name)) for number, field in enumerate(resource.fields)]
    told = ", ".join(
        f"bool_or(column_name = {column}) AS _is{number}, "
        f"max(old_value) FILTER (column_name = {column}) AS _old{number}"
        for number, _, column in fields
    )
    later = ", ".join(
        f"arg_min(change, place) FILTER (column_name = {column}) AS _later{number}" for number, _, column in fields
    )
    unkept = literal(f"of {resource.name}, what a field held before it was removed is not kept: ")
    values = ", ".join(
        f"CASE WHEN _later{number} = {literal(FIELD)} THEN NULL "
        f"WHEN _later{number} = {literal(GONE)} THEN error({unkept} || {column} || left(_later{number}, 0)) "
        f"WHEN _is{number} THEN {_value(resource, field, f'_old{number}')} "
        f"ELSE _now.{name(field.name)} END AS {name(field.name)}"
        for number, field, column in fields
    )
    return f"""
        WITH _known(version, place) AS (VALUES {known}),
        _asked AS (SELECT coalesce((SELECT place FROM _known WHERE version = {asked}),
            error({unknown} || coalesce({asked}, 'NULL'))) AS place, {asked} AS version),
        _log AS (SELECT row_key, column_name, change, old_value, _known.place AS place
            FROM {name(log.name)} JOIN _known USING (version), _asked
            WHERE table_name = {table} AND _known.place > _asked.place),
        -- Of a column, the oldest change; a list, for the function would pass over a blank.
        _oldest AS (SELECT row_key, column_name, arg_min(change, place) AS change, min(place) AS place,
            arg_min(CASE WHEN old_value IS NULL THEN [] ELSE [old_value] END, place)[1] AS old_value
            FROM _log WHERE change NOT IN ({of_table}) GROUP BY row_key, column_name),
        -- A row that came was not there, unless it had gone before.
        _then AS (SELECT row_key AS _key, arg_min(change, place) = {literal(ADDED)} AS _came, {told}
            FROM _oldest GROUP BY row_key),
        _later AS (SELECT CASE WHEN bool_or(change = {literal(UNKNOWN)})
            THEN error({lost} || (SELECT version FROM _asked))
            ELSE (SELECT place FROM _asked) IS NOT NULL END AS _told, {later}
            FROM _log WHERE change IN ({of_table}))
        SELECT {values}
        FROM (SELECT *, {row_key(resource)} AS _key, rowid AS _place FROM {name(resource.name)}) AS _now
        FULL JOIN _then ON _then._key = _now._key, _later
        WHERE _told AND _came IS NOT TRUE
        ORDER BY _place
    """


def blank(field: Field) -> str | None:
    """What the history has for a blank: nothing, or the word for it where an empty text is a value."""
    return next(iter(field.missing_values), None) or None if storage(field) == "VARCHAR" else None


def _value(resource: Resource, field: Field, old: str) -> str:
    """SQL: the typed value of a text of the history, which may be none of the type that the field has now."""
    word = blank(field)
    if storage(field) == "VARCHAR" and (word or not field.missing_values):
        old = f"coalesce({old}, '')"
    text = f"nullif({old}, {literal(word)})" if word else old
    if storage(field) == "VARCHAR":
        return text
    if field.type == "number":
        value = f"TRY_CAST(replace({text}, {literal(field.descriptor.get('decimalChar', '.'))}, '.') AS DOUBLE)"
    else:
        value = read(field, text)
    words = literal(f"{resource.name}.{field.name} was of another type: it has no such value as ")
    same = f"{write(field, value)} = {text}"
    return f"CASE WHEN {text} IS NOT NULL THEN CASE WHEN {same} THEN {value} ELSE error({words} || {text}) END END"
