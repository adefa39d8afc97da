"""From text to typed values, strictly: what is not a value of its field's type is a failure, never a guess."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from fmdata.contract import Field, Resource
from fmdata.contract.types import expected, read, storage, write
from fmdata.errors import Failure, quote
from fmdata.sql import literal, name


def cast(con: duckdb.DuckDBPyConnection, source: str, target: str, resource: Resource) -> list[Failure]:
    """Make the table `target` from `source`: the resource's fields typed, its `_` working columns as they are.

    A source column may be text or already typed; both go through the same lexical check. Rows keep their order.
    """
    columns = {row[0]: row[1] for row in con.execute(f"DESCRIBE {source}").fetchall()}
    working = [name(column) for column in columns if column.startswith("_")]
    texts = [f"{_text(f, columns[f.name])} AS {name(f.name)}" for f in resource.fields]
    typed = [f"{read(f, name(f.name))} AS {name(f.name)}" for f in resource.fields]
    lexical = f"(SELECT {', '.join(texts + working)} FROM {source})"
    con.execute(f"CREATE TABLE {target} AS SELECT {', '.join(typed + working)} FROM {lexical}")
    faults = [(f, *fault) for f in resource.fields for fault in _faults(f)]
    if not faults:
        return []
    counts = ", ".join(f"count(*) FILTER ({condition})" for _, _, condition in faults)
    failures = []
    for (field, rule, condition), found in zip(
        faults, con.execute(f"SELECT {counts} FROM {lexical}").fetchall()[0], strict=True
    ):
        if found:
            rows = con.execute(f"SELECT _file, _line, {name(field.name)} FROM {lexical} WHERE {condition}").fetchall()
            failures += [_failure(resource, field, rule, *row) for row in rows]
    return failures


def _faults(field: Field) -> Iterator[tuple[str, str]]:
    """What a text may have against it: the rule's name, and the SQL condition of its being broken."""
    column, value = name(field.name), read(field, name(field.name))
    if value != column:
        yield "type", f"{column} IS NOT NULL AND {value} IS NULL"
    if field.refuses_formulas:
        yield "formula", f"{column}[1] IN ('=', '+', '-', '@', chr(9))"


def _text(field: Field, kind: str) -> str:
    column = name(field.name)
    if kind == storage(field) and kind != "VARCHAR":
        column = write(field, column)
    elif kind != "VARCHAR":
        column = f"CAST({column} AS VARCHAR)"
    missing = ", ".join(map(literal, field.missing_values))
    return f"CASE WHEN {column} IN ({missing}) THEN NULL ELSE {column} END" if missing else column


def _failure(resource: Resource, field: Field, rule: str, file: str, line: int, value: str) -> Failure:
    if rule == "formula":
        found = f"{quote(value)} is what a spreadsheet takes for a formula"
        wanted = "text that does not start with =, +, -, @ or a tab"
        advice = 'Reword it, or set "allowFormulas": true on the field in the contract'
    else:
        kind = field.type if field.format == "default" else f"{field.type} in the format {field.format}"
        found = f"{quote(value)} is not a value of the type {kind}"
        wanted = expected(field)
        advice = "Correct the value" + ("" if field.required else ", or leave the cell blank if there is none")
    return Failure(file, line, 0, resource.name, field.name, rule, found, wanted, advice)
