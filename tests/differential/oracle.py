"""The independent judge: each cell and key judged by SQL written here from the words of Table Schema 2.0.

It shares no code with the engine: rows are read by Python's CSV reader, types are told by arithmetic where DuckDB's
casts would be the engine's too. The house asks for more than the specification, and this judge with it:

- Stages. Bytes first (of each fault the first place in a file), then the number of cells in each row, then everything
  else at once: types, constraints, keys. Where extracts have a contract of their own, all of that is asked by it first,
  and of the published contract only if nothing was found. A stage that finds something is the last.
- A cell that is no value is told once, as `type`: it is not also a blank in a required field, in a row or in a key.
- A value that would be written as a text that means blank is told as `missing value`, and is a value otherwise.
- The fields of a primary key are required. Nulls are never twice the same. Of equal keys all but the first are told.
- A foreign key that is blank in part is broken; one with a cell that is no value is not judged.
- Without a primary key, a row of blanks alone is told as `blank row`.
- Numbers are finite, whole ones have 64 bits, and a double must hold what is written; NaN and INF, which the
  specification allows, are no values. Years have four digits, and no date is in the year 0. Moments have no zone.
- A text that a spreadsheet takes for a formula needs the leave of the contract; where texts are listed, the list says.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator

import duckdb

from differential.case import Case, Record, Schema, Verdicts, names
from differential.values import blank, formula, literal, parameter, quoted, valid, value, written

_CONTROL = r"[\x{01}-\x{08}\x{0b}\x{0c}\x{0e}-\x{1f}\x{7f}-\x{9f}]"
# The gate for bytes: rule -> SQL, true for a physical line `text` that breaks it.
_BYTES = {
    "NUL": "contains(text, chr(0))",
    "line ends": "contains(text, chr(13))",
    "control character": f"regexp_matches(text, '{_CONTROL}')",
    # DuckDB normalises no further than the first NUL.
    "NFC": "nfc_normalize(replace(text, chr(0), ' ')) <> replace(text, chr(0), ' ')",
}
RULES_OF_BYTES = frozenset(_BYTES)
_LIMITS = {"minimum": "<", "maximum": ">", "exclusiveMinimum": "<=", "exclusiveMaximum": ">="}
_LENGTHS = {"minLength": "<", "maxLength": ">"}


def judge(case: Case) -> Verdicts:
    """What is wrong with a case: the verdicts of the first stage that has any."""
    con = _database()
    return _bytes(con, case) or _widths(case) or _judge(con, case, case.extracts) or _judge(con, case, case.schemas)


@functools.cache
def _database() -> duckdb.DuckDBPyConnection:
    """One for all cases, which replace each other's tables: opening one costs more than a case."""
    return duckdb.connect(config={"threads": 1})


def _bytes(con: duckdb.DuckDBPyConnection, case: Case) -> Verdicts:
    found: Verdicts = Counter()
    first = ", ".join(f"min(line) FILTER ({broken})" for broken in _BYTES.values())
    lines = "SELECT unnest($lines::VARCHAR[]) AS text, generate_subscripts($lines::VARCHAR[], 1) AS line"
    for path, text in case.files.items():
        places = con.execute(f"SELECT {first} FROM ({lines})", {"lines": text.split("\n")}).fetchall()[0]
        found.update((path, line, "", rule) for rule, line in zip(_BYTES, places, strict=True) if line is not None)
    return found


def _widths(case: Case) -> Verdicts:
    found: Verdicts = Counter()
    for table, schema in case.schemas.items():
        wanted = len(schema["fields"])
        for record in case.records(table):
            if len(record.cells) != wanted:
                rule = "missing columns" if len(record.cells) < wanted else "too many columns"
                found[record.file, record.line, "", rule] += 1
    return found


def _judge(con: duckdb.DuckDBPyConnection, case: Case, schemas: dict[str, Schema] | None) -> Verdicts:
    found: Verdicts = Counter()
    for table, schema in (schemas or {}).items():
        _load(con, table, schema, case.records(table))
    for table, schema in (schemas or {}).items():
        for field in schema["fields"]:
            for rule, broken in _cell(field, schema):
                _tell(con, found, table, field["name"], rule, broken)
        if not schema.get("primaryKey"):
            _tell(con, found, table, "", "blank row", " AND ".join(blank(f, schema) for f in schema["fields"]))
        _unique(con, found, table, schema)
        _foreign(con, found, table, schema)
    return found


def _load(con: duckdb.DuckDBPyConnection, table: str, schema: Schema, rows: list[Record]) -> None:
    """The texts of a table's cells as t_<name>, their values as v_<name>, which are NULL for blanks and no values."""
    texts = [quoted(f"t_{field['name']}") for field in schema["fields"]]
    values = [f"{value(field, schema)} AS {quoted('v_' + field['name'])}" for field in schema["fields"]]
    columns = ["n INTEGER", "file VARCHAR", "line BIGINT", *(f"{text} VARCHAR" for text in texts)]
    con.execute(f"CREATE OR REPLACE TEMP TABLE cells ({', '.join(columns)})")
    if rows:
        marks = ", ".join("unnest(?)" for _ in columns)
        given = [(number, row.file, row.line, *row.cells) for number, row in enumerate(rows)]
        con.execute(f"INSERT INTO cells SELECT {marks}", [list(column) for column in zip(*given, strict=True)])
    con.execute(f"CREATE OR REPLACE TABLE {quoted(table)} AS SELECT *, {', '.join(values)} FROM cells")


def _tell(con: duckdb.DuckDBPyConnection, found: Verdicts, table: str, field: str, rule: str, broken: str) -> None:
    for path, line in con.execute(f"SELECT file, line FROM {quoted(table)} a WHERE {broken}").fetchall():
        found[path, line, field, rule] += 1


def _may_be_formula(field: Schema) -> bool:
    if field["type"] not in ("string", "any") or field.get("allowFormulas"):
        return False
    listed = field.get("constraints", {}).get("enum")
    return field["type"] == "any" or not listed or any(text[0] in "=+-@\t" for text in listed if text)


def _cell(field: Schema, schema: Schema) -> Iterator[tuple[str, str]]:
    """The rules of one cell, each with the SQL of its being broken."""
    column, empty = quoted(f"v_{field['name']}"), blank(field, schema)
    constraints = field.get("constraints", {})
    yield "type", f"NOT {empty} AND NOT ({valid(field)})"
    yield "missing value", written(field, schema)
    if _may_be_formula(field):
        yield "formula", f"NOT {empty} AND {formula(field)}"
    if constraints.get("required") or field["name"] in names(schema.get("primaryKey", [])):
        yield "required", empty
    for rule, limit in constraints.items():
        if rule in _LIMITS:
            yield rule, f"{column} {_LIMITS[rule]} {parameter(field, limit)}"
        elif rule in _LENGTHS:
            yield rule, f"length({column}) {_LENGTHS[rule]} {limit}"
        elif rule == "pattern":
            yield rule, f"NOT regexp_full_match({column}, {literal(limit)})"
        elif rule == "enum":
            yield rule, f"{column} NOT IN ({', '.join(parameter(field, item) for item in limit)})"


def _unique(con: duckdb.DuckDBPyConnection, found: Verdicts, table: str, schema: Schema) -> None:
    primary = tuple(names(schema.get("primaryKey", [])))
    keys = [tuple(names(key)) for key in schema.get("uniqueKeys", [])]
    keys += [(field["name"],) for field in schema["fields"] if field.get("constraints", {}).get("unique")]
    for key in {*keys, primary} - {()}:
        same = " AND ".join(f"a.{quoted('v_' + name)} = b.{quoted('v_' + name)}" for name in key)
        before = f"EXISTS (SELECT 1 FROM {quoted(table)} b WHERE b.n < a.n AND {same})"
        _tell(con, found, table, ", ".join(key), "primary key" if key == primary else "unique", before)


def _foreign(con: duckdb.DuckDBPyConnection, found: Verdicts, table: str, schema: Schema) -> None:
    for key in schema.get("foreignKeys", []):
        own, there = names(key["fields"]), names(key["reference"]["fields"])
        target = quoted(key["reference"].get("resource") or table)
        pairs = zip(own, there, strict=True)
        same = " AND ".join(f"a.{quoted('v_' + mine)} = b.{quoted('v_' + its)}" for mine, its in pairs)
        fields = {field["name"]: field for field in schema["fields"]}
        held = " AND ".join(f"{quoted('v_' + name)} IS NOT NULL" for name in own)
        lost = f"{held} AND NOT EXISTS (SELECT 1 FROM {target} b WHERE {same})"
        blanks = [blank(fields[name], schema) for name in own]
        sound = " AND ".join(f"({blank(fields[name], schema)} OR {quoted('v_' + name)} IS NOT NULL)" for name in own)
        partly = f"({' OR '.join(blanks)}) AND NOT ({' AND '.join(blanks)}) AND {sound}"
        _tell(con, found, table, ", ".join(own), "foreign key", f"({lost}) OR ({partly})")
