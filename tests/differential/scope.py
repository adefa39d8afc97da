"""The part of a case in which frictionless is right by all we know, so that its verdicts and ours must be the same.

What is left out follows from the entries of `differences`; everything else is compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from differential.case import Case, Record, Schema, Verdict, Verdicts, blanks, names
from differential.differences import lax
from differential.oracle import RULES_OF_BYTES

# Constraints that frictionless refuses by their field's type.
_REFUSED = {("any", "minLength"), ("any", "maxLength"), ("any", "pattern"), ("yearmonth", "pattern")}
_WIDTHS = {"missing columns", "too many columns"}
_OURS = {"formula", "missing value"}


_LIMITS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}


def readable(case: Case) -> bool:
    """Whether frictionless can read the rows: it cannot compare a moment that has a zone with a limit that has none."""
    return not any(
        text.endswith("Z")
        for table, schema in case.schemas.items()
        for row in case.records(table)
        for field, text in zip(schema["fields"], row.cells, strict=False)
        if field["type"] == "datetime" and field.get("constraints", {}).keys() & _LIMITS
    )


def shared(case: Case) -> Case:
    """The case with a contract that frictionless can read; one of the extracts it would not see."""
    schemas = {
        table: {**schema, "fields": [_understood(field) for field in schema["fields"]]}
        for table, schema in case.schemas.items()
    }
    return replace(case, schemas=schemas, extracts=None)


def _understood(field: Schema) -> Schema:
    given = field.get("constraints", {})
    kept = {name: given[name] for name in given if (field["type"], name) not in _REFUSED}
    return {**field, "constraints": kept} if kept != given else field


def compared(case: Case, verdicts: Verdicts, faults: Verdicts) -> set[Verdict] | None:
    """Those of the verdicts that can be compared; None where frictionless reads other rows than we do.

    `faults` are the independent judge's verdicts on the case: they tell the rows that are of another width, and the
    cells that are no values.
    """
    found = {rule for *_, rule in faults}
    if found & RULES_OF_BYTES or not readable(case):
        return None
    tables = case.schemas.items()
    rows = {(row.file, row.line): (schema, row) for table, schema in tables for row in case.records(table)}
    if found & _WIDTHS:
        # A row whose cells are blank is to frictionless a blank row, whatever their number.
        filled = (verdict for verdict in verdicts if not _blanks(*rows[verdict[:2]]))
        return {verdict for verdict in filled if verdict[3] in _WIDTHS}
    untyped = {verdict[:3] for verdict in faults if verdict[3] == "type"}
    return {verdict for verdict in verdicts if _counts(case, *rows[verdict[:2]], verdict, untyped)}


def _counts(case: Case, schema: Schema, row: Record, verdict: Verdict, untyped: set[tuple[str, int, str]]) -> bool:
    _, _, key, rule = verdict
    fields = {field["name"]: field for field in schema["fields"]}
    cells = dict(zip(fields, row.cells, strict=True))
    primary = names(schema.get("primaryKey", []))
    if _blanks(schema, row):
        return rule == "blank row" and not primary
    if rule in _OURS:
        return False
    if rule in ("primary key", "foreign key") or (rule == "unique" and key not in fields):
        # A key's name is its fields'; which columns it is compared with does not matter where all are sound.
        own = key.split(", ")
        whole = not any(_blank(schema, fields[name], cells[name]) or (*verdict[:2], name) in untyped for name in own)
        return rule != "unique" and whole and not any(_lax(case, table, name) for table, name in _columns(case, own))
    if rule == "unique":
        constrained = fields[key].get("constraints", {}).get("unique", False)
        return constrained and primary != [key] and not any(_lax(case, t, n) for t, n in _columns(case, [key]))
    if rule == "required":
        return bool(fields[key].get("constraints", {}).get("required"))
    if rule == "pattern":
        pattern = fields[key]["constraints"]["pattern"]
        return "|" not in pattern.replace("(?:a|b)", "") and cells[key].isascii() and not cells[key].endswith("\n")
    return rule == "blank row" or not lax(fields[key], cells[key])


def _blanks(schema: Schema, row: Record) -> bool:
    """Whether all the cells of a row that are there are blank."""
    return all(_blank(schema, field, text) for field, text in zip(schema["fields"], row.cells, strict=False))


def _blank(schema: Schema, field: Schema, text: str) -> bool:
    return text in blanks(field, schema)


def _columns(case: Case, own: list[str]) -> Iterator[tuple[str, str]]:
    """The columns of a key, and those that foreign keys of just these columns lead to."""
    for table, schema in case.schemas.items():
        yield from ((table, field["name"]) for field in schema["fields"] if field["name"] in own)
        for key in schema.get("foreignKeys", []):
            if names(key["fields"]) == own:
                target = key["reference"].get("resource") or table
                yield from ((target, name) for name in names(key["reference"]["fields"]))


def _lax(case: Case, table: str, name: str) -> bool:
    """Whether any cell of a column is one that frictionless takes otherwise."""
    schema = case.schemas[table]
    number = [field["name"] for field in schema["fields"]].index(name)
    return any(lax(schema["fields"][number], record.cells[number]) for record in case.records(table))
