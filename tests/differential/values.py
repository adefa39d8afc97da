"""For the independent judge: SQL that says which texts are values of a Table Schema type, and which value it is.

Every expression is over the text column `t_<field>` of its row. Source: Table Schema 2.0, "Field Types".
"""

from __future__ import annotations

from typing import Any

from differential.case import Schema, blanks

_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?"


def literal(text: object) -> str:
    """A SQL text."""
    return "'" + str(text).replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A SQL name."""
    return '"' + name.replace('"', '""') + '"'


def _text(field: Schema) -> str:
    return quoted(f"t_{field['name']}")


def blank(field: Schema, schema: Schema) -> str:
    """Whether a cell is blank."""
    return "(" + (" OR ".join(f"{_text(field)} = {literal(text)}" for text in blanks(field, schema)) or "false") + ")"


def formula(field: Schema) -> str:
    """Whether a spreadsheet takes a text for a formula."""
    return f"left({_text(field)}, 1) IN ('=', '+', '-', '@', chr(9))"


def truths(field: Schema) -> tuple[list[str], list[str]]:
    """The texts for true and for false."""
    true = field.get("trueValues", ["true", "True", "TRUE", "1"])
    return true, field.get("falseValues", ["false", "False", "FALSE", "0"])


def _plain(field: Schema, text: str) -> str:
    """A number's text as a computer writes it: no group characters, a full stop, nothing around it."""
    if "groupChar" in field:
        text = f"array_to_string(string_split({text}, {literal(field['groupChar'])}), '')"
    if not field.get("bareNumber", True):
        text = f"regexp_extract({text}, '^[^-+.,0-9]*(.*?)[^.,0-9]*$', 1, 's')"
    if field.get("decimalChar", ".") != ".":
        text = f"translate({text}, {literal('.' + field['decimalChar'])}, '!.')"
    return text


def _day(year: str, month: str, day: str) -> str:
    """Whether the digits of year, month and day are a day of the calendar."""
    y, m, d = (f"TRY_CAST({part} AS INTEGER)" for part in (year, month, day))
    leap = f"({y} % 4 = 0 AND ({y} % 100 <> 0 OR {y} % 400 = 0))"
    last = f"CASE WHEN {m} IN (4, 6, 9, 11) THEN 30 WHEN {m} = 2 THEN CASE WHEN {leap} THEN 29 ELSE 28 END ELSE 31 END"
    return f"{y} > 0 AND {m} BETWEEN 1 AND 12 AND {d} BETWEEN 1 AND {last}"


def _iso(text: str) -> str:
    return _day(f"{text}[1:4]", f"{text}[6:7]", f"{text}[9:10]")


def _whole(plain: str) -> str:
    number = f"TRY_CAST({plain} AS HUGEINT)"
    limits = "-9223372036854775808::HUGEINT AND 9223372036854775807::HUGEINT"
    return f"regexp_full_match({plain}, '[-+]?[0-9]+') AND coalesce({number} BETWEEN {limits}, false)"


def _digits(number: str) -> str:
    """The significant digits of a number's text."""
    return f"rtrim(ltrim(translate(string_split(lower({number}), 'e')[1], '+-.', ''), '0'), '0')"


def _held(plain: str) -> str:
    """Whether a decimal number is one that a double holds: written again it has the same digits.

    Up to 15 digits may be written in any way; more must stand as the double itself would be written.
    """
    form = r"[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?"
    double = f"TRY_CAST({plain} AS DOUBLE)"
    again = f"{double}::VARCHAR"
    same = f"abs({double}) < 'Infinity'::DOUBLE AND {_digits(plain)} = {_digits(again)}"
    return (
        f"regexp_full_match({plain}, {literal(form)}) AND coalesce({same}, false) AND "
        f"(length({_digits(plain)}) < 16 OR {again} = {plain})"
    )


def valid(field: Schema, text: str = "") -> str:
    """Whether a text is a value of the field's type."""
    kind, text = field["type"], text or _text(field)
    if kind in ("integer", "number"):
        plain = _plain(field, text)
        return _whole(plain) if kind == "integer" else _held(plain)
    if kind == "boolean":
        return " OR ".join(f"{text} = {literal(word)}" for words in truths(field) for word in words)
    if field.get("format") == "%d/%m/%Y":
        day = _day(f"{text}[7:10]", f"{text}[4:5]", f"{text}[1:2]")
        return f"regexp_full_match({text}, '[0-9]{{2}}/[0-9]{{2}}/[0-9]{{4}}') AND coalesce({day}, false)"
    forms = {
        "date": "[0-9]{4}-[0-9]{2}-[0-9]{2}",
        "datetime": f"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T{_CLOCK}",
        "time": _CLOCK,
        "year": "[0-9]{4}",
        "yearmonth": "[0-9]{4}-(0[1-9]|1[0-2])",
    }
    if kind not in forms:
        return "true"
    day = f" AND coalesce({_iso(text)}, false)" if kind in ("date", "datetime") else ""
    return f"regexp_full_match({text}, {literal(forms[kind])}){day}"


_CASTS = {"integer": "HUGEINT", "number": "DOUBLE", "date": "DATE", "datetime": "TIMESTAMP", "time": "TIME"}


def _value(field: Schema, text: str) -> str:
    kind = field["type"]
    if kind == "boolean":
        return f"{text} IN ({', '.join(map(literal, truths(field)[0]))})"
    if field.get("format") == "%d/%m/%Y":
        text = f"concat({text}[7:10], '-', {text}[4:5], '-', {text}[1:2])"
    elif kind in ("integer", "number"):
        text = _plain(field, text)
    elif kind == "year":
        return f"TRY_CAST({text} AS INTEGER)"
    return f"TRY_CAST({text} AS {_CASTS[kind]})" if kind in _CASTS else text


def value(field: Schema, schema: Schema) -> str:
    """The value of a cell; NULL where it is blank or no value."""
    return f"CASE WHEN NOT {blank(field, schema)} AND ({valid(field)}) THEN {_value(field, _text(field))} END"


def parameter(field: Schema, given: Any) -> str:
    """A value of the field's type, out of the contract: numbers in JSON are written as JSON writes them."""
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, int | float):
        return f"{given!r}::{_CASTS.get(field['type'], 'INTEGER')}"
    return f"({_value(field, literal(given))})"


def written(field: Schema, schema: Schema) -> str:
    """Whether a value would be written as a text that means blank. Text that is kept as it came never is."""
    column = quoted(f"v_{field['name']}")
    if field["type"] in ("string", "any", "yearmonth"):
        return "false"
    true, false = truths(field)
    point = literal(field.get("decimalChar", "."))
    texts = {
        "number": f"replace(regexp_replace({column}::VARCHAR, '[.]0$', ''), '.', {point})",
        "boolean": f"CASE WHEN {column} THEN {literal(true[0])} ELSE {literal(false[0])} END",
        "datetime": f"replace({column}::VARCHAR, ' ', 'T')",
        "year": f"lpad({column}::VARCHAR, 4, '0')",
    }
    text = texts.get(field["type"], f"{column}::VARCHAR")
    if field.get("format") == "%d/%m/%Y":
        text = f"strftime({column}, '%d/%m/%Y')"
    told = ", ".join(map(literal, filter(None, blanks(field, schema))))
    return f"{column} IS NOT NULL AND {text} IN ({told})" if told else "false"
