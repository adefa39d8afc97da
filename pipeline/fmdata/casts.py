"""From text to typed values, strictly: what is not a value of its field's type is a failure, never a guess."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import polars as pl

from fmdata.contract import Field, Resource
from fmdata.contract.model import FORMULA_SIGNS
from fmdata.contract.types import TYPES, expected, read, storage, write
from fmdata.exchange import frame
from fmdata.failing import alike, quoted
from fmdata.sql import literal, name, scalar

_CONTROL = r"[\x00-\x08\x0b-\x1f\x7f-\x{9f}]"
_BLANK_ROW = ("every cell is blank", "at least one value", "Fill the row in, or remove it")
_RULES = {
    "formula": (
        "is what a spreadsheet takes for a formula",
        "text that does not start with =, +, -, @ or a tab",
        'Reword it, or set "allowFormulas": true on the field in the contract',
    ),
    "missing value": (
        "would be written as a text that means blank",
        "a value that differs from the field's missing values",
        "Correct the value, or choose other missing values",
    ),
    "control character": ("holds a control character", "printable text", "Take it out"),
    "NFC": ("has letters and accents apart", "Unicode form NFC", "Normalize the text"),
}


def cast(
    con: duckdb.DuckDBPyConnection, source: str, target: str, resource: Resource, gated: bool = False
) -> list[pl.DataFrame]:
    """Make the table `target` from `source`: the resource's fields typed, its `_` working columns as they are.

    A source column may be text or already typed; both go through the same lexical check. Rows keep their order. Text
    that is `gated` came through the gate for bytes; what a SELECT makes did not. The table made of gated text has
    further columns, of which nothing is promised. Returns frames of failures.
    """
    columns = {row[0]: row[1] for row in con.execute(f"DESCRIBE {source}").fetchall()}
    working = [name(column) for column in columns if column.startswith("_")]
    texts = [f"{_text(f, columns[f.name])} AS {name(f.name)}" for f in resource.fields]
    typed = [f"{read(f, name(f.name))} AS {name(f.name)}" for f in resource.fields]
    lexical = f"(SELECT {', '.join(texts + working)} FROM {source})"
    faults = [(f.name, *fault) for f in resource.fields for fault in _faults(f, gated)]
    if not resource.primary_key:
        # Readers skip a line of commas alone.
        faults.append(("", "blank row", " AND ".join(f"{name(f.name)} IS NULL" for f in resource.fields)))
    marks = [f"{condition} AS {_mark(number)}" for number, (_, _, condition) in enumerate(faults)]
    looked = f"(SELECT {', '.join(['_file', '_line', *_as_texts(resource), *marks])} FROM {lexical})"
    if gated:
        # What is gated is what was in doubt, and mostly something is wrong with it: it is looked at as it is typed.
        typed += [*_as_texts(resource), *marks]
        looked = target
    con.execute(f"CREATE TABLE {target} AS SELECT {', '.join(typed + working)} FROM {lexical}")
    if not faults:
        return []
    if not gated and not scalar(con, f"SELECT coalesce(bool_or({_suspicion(resource)}), false) FROM {lexical}"):
        return []
    counts = ", ".join(f"count(*) FILTER ({_mark(number)})" for number in range(len(faults)))
    failures = []
    found = con.execute(f"SELECT {counts} FROM {looked}").fetchall()[0]
    for mark, ((field, rule, _), number) in enumerate(zip(faults, found, strict=True)):
        if number:
            value = name(f"_text of {field}") if field else "NULL::VARCHAR"
            query = f"SELECT _file, _line, {value} AS _value FROM {looked} WHERE {_mark(mark)}"
            failures.append(_failures(resource, field, rule, frame(con.sql(query))))
    return failures


def _mark(number: int) -> str:
    """The column that tells whether a row has a fault."""
    return f"_fault{number}"


def _as_texts(resource: Resource) -> list[str]:
    return [f"CAST({name(f.name)} AS VARCHAR) AS {name(f'_text of {f.name}')}" for f in resource.fields]


def _faults(field: Field, gated: bool) -> Iterator[tuple[str, str]]:
    """What a text may have against it: the rule's name, and the SQL condition of its being broken."""
    column, value = name(field.name), read(field, name(field.name))
    if value != column:
        yield "type", f"{column} IS NOT NULL AND {value} IS NULL"
        if missing := ", ".join(map(literal, filter(None, field.missing_values))):
            yield "missing value", f"{value} IS NOT NULL AND {write(field, value)} IN ({missing})"
    if not gated and TYPES[field.type].storage in ("VARCHAR", "JSON"):
        yield "control character", f"regexp_matches({column}, {literal(_CONTROL)})"
        # DuckDB normalises no further than the first NUL.
        whole = f"replace({column}, chr(0), ' ')"
        yield "NFC", f"nfc_normalize({whole}) <> {whole}"
    if field.refuses_formulas:
        yield "formula", f"{column}[1] IN ({', '.join(map(literal, FORMULA_SIGNS))})"


def _suspicion(resource: Resource) -> str:
    """SQL: whether a row may have a fault at all. Texts are looked at together, which plans and runs faster by far."""
    alone = ("type", "missing value")
    rest = [condition for f in resource.fields for rule, condition in _faults(f, gated=False) if rule in alone]
    texts = [name(f.name) for f in resource.fields if TYPES[f.type].storage in ("VARCHAR", "JSON")]
    guarded = [name(f.name) for f in resource.fields if f.refuses_formulas]
    if not resource.primary_key:
        rest.append(" AND ".join(f"{name(f.name)} IS NULL" for f in resource.fields))
    if texts:
        together = f"concat_ws(' ', {', '.join(texts)})"
        rest.append(f"regexp_matches({together}, {literal(_CONTROL)}) OR nfc_normalize({together}) <> {together}")
    if guarded:
        rest.append(f"regexp_matches(concat_ws(chr(10), '', {', '.join(guarded)}), '\n[{FORMULA_SIGNS}]')")
    return " OR ".join(f"({condition})" for condition in rest) or "false"


def _text(field: Field, kind: str) -> str:
    """SQL: the text of a source column, NULL where it is blank. What is typed already has no missing values."""
    column = name(field.name)
    if kind == storage(field) and kind != "VARCHAR":
        return f"CASE WHEN {column} IS NOT NULL THEN {write(field, column)} END"
    if kind != "VARCHAR":
        return f"CAST({column} AS VARCHAR)"
    missing = ", ".join(map(literal, field.missing_values))
    return f"CASE WHEN {column} IN ({missing}) THEN NULL ELSE {column} END" if missing else column


def _failures(resource: Resource, field: str, rule: str, rows: pl.DataFrame) -> pl.DataFrame:
    if not field:
        found, wanted, advice = _BLANK_ROW
        return alike(rows, found, resource.name, field, rule, wanted, advice)
    words, wanted, advice = _words(resource.field(field), rule)
    return alike(rows, quoted(rows.get_column("_value")) + f" {words}", resource.name, field, rule, wanted, advice)


def _words(field: Field, rule: str) -> tuple[str, str, str]:
    if rule == "type":
        kind = field.type if field.format == "default" else f"{field.type} in the format {field.format}"
        advice = "Correct the value" + ("" if field.required else ", or leave the cell blank if there is none")
        return f"is not a value of the type {kind}", expected(field), advice
    return _RULES[rule]
