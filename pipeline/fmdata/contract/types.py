"""Table Schema types: for each, which texts are values, how a text becomes a value, and how a value is written.

Text is checked for its lexical form before it is cast, because SQL casts are lax. Everything is a SQL expression over
a text column, so that extracts, published tables, constraint values and the shipped file share one definition.
Source: Table Schema 2.0, section "Field Types".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fmdata.contract.model import Field
from fmdata.sql import literal, name

_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?"
# There is no year 0 in what most readers take for a date.
DAY = r"(?:[0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)-[0-9]{2}-[0-9]{2}"
_DURATION = (
    r"-?P(?:[0-9]+W|(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?(?:T(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?)"
)
_JSON_STRING = r'"(?:[^"\\]|\\.)*"'
_JSON_WORD = r"\b(?:true|false|null)\b"
_JSON_BARE = r"[\s\[\]{}:,0-9eE.+-]*"
_JSON_COMMA = r",\s*[\]}]"
# The smallest number of which a double has all its digits.
_SMALLEST = "2.2250738585072014e-308::DOUBLE"
STRING_FORMATS = {
    "default": "",
    "email": r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}",
    "uri": r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]+",
    "uuid": r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}",
    "binary": r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
}
# What means true and false unless a field says otherwise.
TRUTHS = {"trueValues": ["true", "True", "TRUE", "1"], "falseValues": ["false", "False", "FALSE", "0"]}
# strptime directives that DuckDB reads and writes alike, and that the type can hold, so that nothing is cut off.
DIRECTIVES = {"date": "YmdyjbB", "time": "HMS", "datetime": "YmdHMSyjbB"}


@dataclass(frozen=True)
class Type:
    """How one Table Schema type is held (`storage`, a DuckDB type), read, written, and described to people."""

    storage: str
    expected: str
    read: Callable[[Field, str], str]
    write: Callable[[Field, str], str] = lambda _, column: f"CAST({column} AS VARCHAR)"
    ordered: bool = True


def _matching(pattern: str, column: str, value: str) -> str:
    return f"CASE WHEN regexp_full_match({column}, {literal(pattern)}) THEN {value} END"


def _bare(field: Field, column: str) -> str:
    """A number's text without group characters, decimal comma or (where allowed) surrounding words."""
    if group := field.descriptor.get("groupChar"):
        column = f"replace({column}, {literal(group)}, '')"
    if not field.descriptor.get("bareNumber", True):
        column = f"regexp_replace({column}, '^[^0-9+.,-]+|[^0-9.,]+$', '', 'g')"
    decimal = field.descriptor.get("decimalChar", ".")
    # A full stop that is neither group nor decimal character must not become one.
    return f"replace(replace({column}, '.', '?'), {literal(decimal)}, '.')" if decimal != "." else column


def _integer(field: Field, column: str) -> str:
    bare = _bare(field, column)
    return _matching("[+-]?[0-9]+", bare, f"TRY_CAST({bare} AS BIGINT)")


def _number(field: Field, column: str) -> str:
    # A double must hold what was written: up to 15 significant digits it always does, unless they are so small that it
    # has fewer; all others only if they read back alike.
    bare = _bare(field, column)
    digits = f"trim(regexp_replace(regexp_replace({bare}, '[eE].*$', ''), '[^0-9]', '', 'g'), '0')"
    value = f"TRY_CAST({bare} AS DOUBLE)"
    short = f"length({digits}) <= 15 AND (abs({value}) >= {_SMALLEST} OR {digits} = '')"
    exact = f"({short} OR CAST({value} AS VARCHAR) = {bare})"
    return _matching(_NUMBER, bare, f"CASE WHEN isfinite({value}) AND {exact} THEN {value} END")


def _write_number(field: Field, column: str) -> str:
    decimal = field.descriptor.get("decimalChar", ".")
    # Whole numbers are written without the '.0' that a double's text carries.
    text = f"regexp_replace(CAST({column} AS VARCHAR), '\\.0$', '')"
    return f"replace({text}, '.', {literal(decimal)})" if decimal != "." else text


def truths(field: Field) -> tuple[list[str], list[str]]:
    """The texts that mean true and those that mean false; the first of each is the one we write."""
    true, false = (field.descriptor.get(word, TRUTHS[word]) for word in ("trueValues", "falseValues"))
    return list(true), list(false)


def _boolean(field: Field, column: str) -> str:
    true, false = (", ".join(map(literal, texts)) for texts in truths(field))
    return f"CASE WHEN {column} IN ({true}) THEN true WHEN {column} IN ({false}) THEN false END"


def _write_boolean(field: Field, column: str) -> str:
    true, false = truths(field)
    return f"CASE {column} WHEN true THEN {literal(true[0])} WHEN false THEN {literal(false[0])} END"


def _string(field: Field, column: str) -> str:
    pattern = STRING_FORMATS[field.format]
    return _matching(pattern, column, column) if pattern else column


def _temporal(storage: str, pattern: str) -> Callable[[Field, str], str]:
    def read(field: Field, column: str) -> str:
        if field.format == "default":
            return _matching(pattern, column, f"TRY_CAST({column} AS {storage})")
        moment = f"TRY_STRPTIME({column}, {literal(field.format)})"
        same = f"strftime({moment}, {literal(field.format)}) = {column}"
        return f"CASE WHEN {same} AND year({moment}) > 0 THEN CAST({moment} AS {storage}) END"

    return read


def _write_temporal(default: str) -> Callable[[Field, str], str]:
    def write(field: Field, column: str) -> str:
        if field.format == "default":
            return default.format(column)
        moment = f"(DATE '2000-01-01' + {column})" if field.type == "time" else column
        return f"strftime({moment}, {literal(field.format)})"

    return write


def _json(kind: str) -> Callable[[Field, str], str]:
    def read(_: Field, column: str) -> str:
        # DuckDB's reader takes NaN, Infinity, comments and trailing commas, which are no JSON: look outside strings.
        bare = f"regexp_replace({column}, {literal(_JSON_STRING)}, '0', 'g')"
        bare = f"regexp_replace({bare}, {literal(_JSON_WORD)}, '0', 'g')"
        strict = (
            f"regexp_full_match({bare}, {literal(_JSON_BARE)}) AND NOT regexp_matches({bare}, {literal(_JSON_COMMA)})"
        )
        value = f"TRY_CAST({column} AS JSON)"
        return f"CASE WHEN json_valid({column}) AND json_type({value}) = '{kind}' AND {strict} THEN {value} END"

    return read


_DATETIME = "replace(CAST({} AS VARCHAR), ' ', 'T')"
_TEXT = "CAST({} AS VARCHAR)"

TYPES: dict[str, Type] = {
    "string": Type("VARCHAR", "text", _string, ordered=False),
    "any": Type("VARCHAR", "any text", lambda _, column: column, ordered=False),
    "integer": Type("BIGINT", "a whole number within 64 bits, e.g. 42", _integer),
    "number": Type("DOUBLE", "a finite number that a 64-bit float holds exactly, e.g. 4.2", _number, _write_number),
    "boolean": Type("BOOLEAN", "true or false", _boolean, _write_boolean, ordered=False),
    "date": Type("DATE", "a date, e.g. 2024-09-08", _temporal("DATE", DAY), _write_temporal(_TEXT)),
    "time": Type("TIME", "a time, e.g. 13:45:00", _temporal("TIME", _CLOCK), _write_temporal(_TEXT)),
    "datetime": Type(
        "TIMESTAMP",
        "a date and time without a zone, e.g. 2024-09-08T13:45:00 (for UTC give the format %Y-%m-%dT%H:%M:%SZ)",
        _temporal("TIMESTAMP", f"{DAY}T{_CLOCK}"),
        _write_temporal(_DATETIME),
    ),
    "year": Type(
        "INTEGER",
        "a year in four digits, e.g. 2024",
        lambda _, column: _matching("[0-9]{4}", column, f"TRY_CAST({column} AS INTEGER)"),
        lambda _, column: f"printf('%04d', {column})",
    ),
    "yearmonth": Type(
        "VARCHAR",
        "a year and month, e.g. 2024-09",
        lambda _, column: _matching("[0-9]{4}-(?:0[1-9]|1[0-2])", column, column),
    ),
    "duration": Type(
        "VARCHAR",
        "an ISO 8601 duration, e.g. P1DT12H",
        lambda _, c: (
            f"CASE WHEN regexp_full_match({c}, {literal(_DURATION)}) AND {c}[-1] NOT IN ('P', 'T') THEN {c} END"
        ),
        ordered=False,
    ),
    "object": Type("JSON", 'a JSON object, e.g. {"a": 1}', _json("OBJECT"), ordered=False),
    "array": Type("JSON", "a JSON array, e.g. [1, 2]", _json("ARRAY"), ordered=False),
}


def storage(field: Field) -> str:
    """The DuckDB type that holds the field's values while checks run."""
    return TYPES[field.type].storage


def carried(field: Field) -> str:
    """The DuckDB type in which the field's values leave DuckDB: Arrow and Parquet's readers have none for JSON."""
    return "VARCHAR" if storage(field) == "JSON" else storage(field)


def carried_values(fields: Iterable[Field]) -> str:
    """SQL: the typed columns of some fields, as they leave DuckDB."""
    return ", ".join(f"CAST({name(field.name)} AS {carried(field)}) AS {name(field.name)}" for field in fields)


def read(field: Field, column: str) -> str:
    """SQL: the typed value of a text column, NULL where the text is blank or not a value of the field's type."""
    return TYPES[field.type].read(field, column)


def write(field: Field, column: str) -> str:
    """SQL: the text of a typed column as the published CSV has it; a blank is the field's first missing value."""
    text = TYPES[field.type].write(field, column)
    blank = field.missing_values[0] if field.missing_values else ""
    return f"coalesce({text}, {literal(blank)})" if blank else text


def published(field: Field, cell: str) -> str:
    """SQL: the typed value of a cell of a published CSV file, whose text is what `write` made and needs no check."""
    if storage(field) == "VARCHAR" and not field.missing_values:
        # Nothing means blank, so an empty cell is an empty text, whether a reader tells it from none or not.
        return f"coalesce({cell}, '')"
    blank = next(iter(field.missing_values), "")
    text = f"nullif({cell}, {literal(blank)})" if blank else cell
    if storage(field) == "VARCHAR":
        return text
    if field.format != "default" or field.type == "boolean" or field.descriptor.get("decimalChar", ".") != ".":
        return read(field, text)
    return f"CAST({text} AS {storage(field)})"


def expected(field: Field) -> str:
    """The field's type in words, with its format or an example where the contract gives one."""
    words = TYPES[field.type].expected
    if field.type == "string" and field.format != "default":
        words = {"uri": "a URI, e.g. https://example.org/"}.get(field.format, f"a {field.format} string")
    elif field.format != "default":
        words = f"a {field.type} in the format {field.format}"
    if "example" in field.descriptor:
        words = f"{words.split(', e.g. ')[0]}, e.g. {field.descriptor['example']}"
    return words
