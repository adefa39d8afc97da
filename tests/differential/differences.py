"""Where frictionless 5.21 is known to judge otherwise than the engine, each with an example that shows it.

`covers` tells the cells a difference is about: what either says of them, or of keys in their columns, is not compared.
Differences without it are about contracts, rows or tables; `scope` holds what follows from them. An entry whose example
no longer differs fails its test, and goes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from differential.case import Case, Schema, Verdicts, file, one

Seen = list[tuple[int, str, str]]


@dataclass(frozen=True)
class Difference:
    """One known difference: what the engine says of the example, and what frictionless says (None: it reads it not)."""

    name: str
    why: str
    example: Case
    ours: Seen | None
    theirs: Seen | None
    covers: Callable[[Schema, str], bool] | None = None


def seen(verdicts: Verdicts) -> Seen:
    """Verdicts as an entry has them: sorted lines, fields and rules."""
    return sorted(verdict[1:] for verdict in verdicts.elements())


def lax(field: Schema, text: str) -> bool:
    """Whether frictionless takes a text of a field otherwise than the specification or the house does."""
    return any(difference.covers(field, text) for difference in DIFFERENCES if difference.covers)


def _column(kind: str, *texts: str, **options: Any) -> Case:
    fields = [{"name": "id", "type": "string"}, {"name": "v", "type": kind, **options}]
    return one(fields, [[f"r{n}", text] for n, text in enumerate(texts)])


def _type(*rows: int) -> Seen:
    return [(row, "v", "type") for row in rows]


def _numeric(field: Schema) -> bool:
    return field["type"] in ("integer", "number")


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", re.split("[eE]", text)[0]).strip("0")


def _two(rows: list[list[str]], targets: list[list[str]], **schema: Any) -> Case:
    """A table `t` with the fields id, a and b, where a and b lead to the unique pairs of the table `u`."""
    fields = [{"name": name, "type": "string"} for name in ("a", "b")]
    key = {"fields": ["a", "b"], "reference": {"resource": "u", "fields": ["a", "b"]}}
    own = {"fields": [{"name": "id", "type": "string"}, *fields], "foreignKeys": [key], **schema}
    there = {"fields": [{"name": "m", "type": "string"}, *fields], "uniqueKeys": [["a", "b"]]}
    texts = {"raw/t.csv": file(["id", "a", "b"], rows), "raw/u.csv": file(["m", "a", "b"], targets)}
    return Case({"t": own, "u": there}, texts)


DIFFERENCES = [
    Difference(
        "numbers by Python's leave",
        "int() and Decimal() take blanks around, underscores and the digits of other scripts; the specification's XML "
        "numbers have none of these",
        _column("integer", " 5", "5\n", "1_000", "٧", "5"),
        _type(2, 3, 5, 6),
        [],
        lambda field, text: _numeric(field) and bool(re.search(r"[\s_]|[^\x00-\x7f]", text)),
    ),
    Difference(
        "whole numbers without end",
        "Python's have no bounds; ours are those that databases hold, 64 bits",
        _column("integer", "9223372036854775808", "9223372036854775807"),
        _type(2),
        [],
        lambda field, text: field["type"] == "integer" and len(_digits(text)) > 18,
    ),
    Difference(
        "numbers that are none",
        "The specification allows NaN, INF and -INF; we publish finite numbers only",
        _column("number", "NaN", "INF", "-INF", "Infinity", "1"),
        _type(2, 3, 4, 5),
        [],
        lambda field, text: field["type"] == "number" and bool(re.search("nan|inf", text, re.IGNORECASE)),
    ),
    Difference(
        "numbers that a double does not hold",
        "frictionless reads decimals; what we publish is read as doubles, so it must be one",
        _column("number", "1e400", "1e-400", "0.12345678901234567890", "0.5"),
        _type(2, 3, 4),
        [],
        lambda field, text: (
            field["type"] == "number" and (len(_digits(text)) > 15 or bool(re.search("[eE][-+]?[0-9]{3}", text)))
        ),
    ),
    Difference(
        "group characters of whole numbers",
        "Table Schema 2.0 gives integers a groupChar; frictionless knows that of numbers alone",
        _column("integer", "1,000", groupChar=","),
        [],
        _type(2),
        lambda field, text: field["type"] == "integer" and "groupChar" in field and field["groupChar"] in text,
    ),
    Difference(
        "words around a whole number",
        "With bareNumber false, frictionless takes points and signs before a number for words too",
        _column("integer", ".5", "5.", "+-5", "$5", bareNumber=False),
        _type(2, 3, 4),
        [],
        lambda field, text: _numeric(field) and field.get("bareNumber") is False and bool(re.search("[-+.,]", text)),
    ),
    Difference(
        "dates by strptime's leave",
        "strptime takes days and months of one digit; ISO 8601, and %d and %m of the specification, have two",
        _column("date", "2024-2-9", "2024-02-09"),
        _type(2),
        [],
        lambda field, text: field["type"] == "date" and len(text) < 10,
    ),
    Difference(
        "moments by a guess",
        "frictionless takes a blank for the T, and a zone; our moments have neither, unless a format says so",
        _column("datetime", "2024-09-08 13:45:00", "2024-09-08T13:45:00Z", "2024-09-08T13:45:00"),
        _type(2, 3),
        [],
        lambda field, text: field["type"] == "datetime" and (" " in text or text.endswith("Z")),
    ),
    Difference(
        "moments with a zone beside limits",
        "frictionless reads the zone, compares the moment with a limit that has none, and ends with a TypeError",
        _column("datetime", "2024-09-08T13:45:00Z", constraints={"minimum": "2024-01-01T00:00:00"}),
        _type(2),
        None,
    ),
    Difference(
        "parts of a microsecond",
        "frictionless takes seconds of any number of digits and cuts them at six; we take six, all that is kept",
        _column("time", "13:45:00.1234567", "13:45:00.123456"),
        _type(2),
        [],
        lambda field, text: field["type"] in ("time", "datetime") and bool(re.search("[.][0-9]{7}", text)),
    ),
    Difference(
        "the hour 24",
        "frictionless reads 24:00:00 as midnight; our times end before it",
        _column("time", "24:00:00", "23:59:59"),
        _type(2),
        [],
        lambda field, text: field["type"] == "time" and text.startswith("24"),
    ),
    Difference(
        "patterns that are not taken whole",
        "frictionless puts ^ and $ around a pattern as it stands: ^a|bb$ lets ab pass, and $ a last newline",
        _column("string", "ab", "a", "a\n", constraints={"pattern": "a|bb"}),
        [(2, "v", "pattern"), (4, "v", "pattern")],
        [],
    ),
    Difference(
        "patterns of other scripts",
        r"Python's \d is any script's digit; ours, as in RE2 and in XML's ASCII digits, is 0 to 9",
        _column("string", "٧", "7", constraints={"pattern": r"\d+"}),
        [(2, "v", "pattern")],
        [],
    ),
    Difference(
        "constraints of the type any",
        "frictionless refuses lengths and patterns of any; to us its values are texts",
        _column("any", "abc", constraints={"maxLength": 2}),
        [(2, "v", "maxLength")],
        None,
    ),
    Difference(
        "patterns of a yearmonth",
        "The specification names yearmonth neither for nor against; frictionless refuses, we keep it as the text it is",
        _column("yearmonth", "2024-09", constraints={"pattern": "1.*"}),
        [(2, "v", "pattern")],
        None,
    ),
    Difference(
        "unique keys",
        "frictionless reads uniqueKeys and checks none",
        one([{"name": "a", "type": "string"}, {"name": "b", "type": "string"}], [["x", "1"], ["x", "1"]],
            uniqueKeys=[["a", "b"]]),
        [(3, "a, b", "unique")],
        [],
    ),
    Difference(
        "categories",
        "frictionless reads categories and checks none; we refuse those that no enum checks",
        _column("string", "z", categories=["x", "y"]),
        None,
        [],
    ),
    Difference(
        "a key told twice",
        "Of a primary key that is constrained to be unique as well, frictionless tells both; to us it is one key",
        one([{"name": "a", "type": "string", "constraints": {"unique": True}}, {"name": "b", "type": "string"}],
            [["x", "1"], ["x", "2"]], primaryKey="a"),
        [(3, "a", "primary key")],
        [(3, "a", "primary key"), (3, "a", "unique")],
    ),
    Difference(
        "blanks in a primary key",
        "frictionless tells a key that is blank altogether as a broken key, and lets a part be blank, which it then "
        "takes for a value; to us each of its fields is required",
        one([{"name": name, "type": "string"} for name in "abc"],
            [["", "", "1"], ["x", "", "2"], ["x", "", "3"]], primaryKey=["a", "b"]),
        [(2, "a", "required"), (2, "b", "required"), (3, "b", "required"), (4, "b", "required")],
        [(2, "a, b", "primary key"), (4, "a, b", "primary key")],
    ),
    Difference(
        "no value in a primary key",
        "frictionless tells a cell that is no value a second time, as a blank key; we tell it once",
        one([{"name": "a", "type": "integer"}, {"name": "b", "type": "string"}], [["x", "1"]], primaryKey="a"),
        [(2, "a", "type")],
        [(2, "a", "primary key"), (2, "a", "type")],
    ),
    Difference(
        "foreign keys that are blank in part",
        "frictionless takes the blank for a value, which the target may hold; to us such a key is broken",
        _two([["r", "x", ""]], [["m", "x", ""]]),
        [(2, "a, b", "foreign key")],
        [],
    ),
    Difference(
        "rows of blanks",
        "frictionless tells nothing else of such a row, and tells it of tables with a primary key too",
        one([{"name": "a", "type": "string", "constraints": {"required": True}}, {"name": "b", "type": "string"}],
            [["", ""]], missingValues=["", "NA"]),
        [(2, "", "blank row"), (2, "a", "required")],
        [(2, "", "blank row")],
    ),
    Difference(
        "rows of another width",
        "frictionless judges the cells that are there, and tells each that is not; we stop at rows we cannot place",
        Case({"t": {"fields": [{"name": "a", "type": "integer"}, {"name": "b", "type": "string"}, {"name": "c",
             "type": "string"}]}}, {"raw/t.csv": "a,b,c\nx\n"}),
        [(2, "", "missing columns")],
        [(2, "", "missing columns"), (2, "", "missing columns"), (2, "a", "type")],
    ),
    Difference(
        "formulas",
        "A reader need not mind that spreadsheets run a text; a publisher does",
        _column("string", "=1+1"),
        [(2, "v", "formula")],
        [],
    ),
    Difference(
        "values written as blanks",
        "Only who writes values anew can turn 07 into the 7 that means a blank",
        _column("integer", "07", missingValues=["7"]),
        [(2, "v", "missing value")],
        [],
    ),
    Difference(
        "bytes",
        "frictionless passes NUL, control characters, carriage returns and accents apart; the gate does not",
        Case({"t": {"fields": [{"name": "id", "type": "string"}, {"name": "v", "type": "string"}]}},
             {"raw/t.csv": "id,v\na\x00,e\u0301\nb\x0b,c\n"}),
        [(2, "", "NFC"), (2, "", "NUL"), (3, "", "control character")],
        [],
    ),
]  # fmt: skip
