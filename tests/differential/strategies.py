"""Random cases: contracts, and rows of values, borderline texts and garbage.

A field's values are few, so that keys meet and foreign keys find their target now and then.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from differential.case import Case, Schema, file, names

Draw = Callable[[st.SearchStrategy[Any]], Any]

# What curators, spreadsheets and exports leave in cells, whatever the field's type.
GARBAGE = [
    "5.5", " 5", "5 ", "1e400", "yes", "no", "2024-02-30", "NULL", "NA", "-", " ", "é", "日本", "٧", "７", "007", "+5",
    "-0", "0", "1", "NaN", "INF", "-INF", "inf", "Infinity", "nan", "1_000", "0x10", "1e3", "1E-3", "true", "TRUE", "t",
    "2024-2-9", "2024-02-29", "2023-02-29", "epoch", "infinity", "0000", "0000-01-01", "24", "20245", "1,5", "1,000",
    "1.000", "$7", "8%", "7 kg", "=1+1", "@x", "\tx", "'x", 'a"b', '"', "a,b", "a\nb", "\n", "5\n", "\n\n", "\u00a05",
    "\u200b5", "x" * 40, "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
    "99999999999999999999999999999999999999999", "0.30000000000000004", "0.12345678901234567890", "1e-400", ".", "+",
    "e", "1e", ".5", "5.", "--5", "+-5", "1.2.3", "2024-09-08 13:45:00", "2024-09-08T13:45:00Z", "24:00:00", "T", "a c",
    "😀",
]  # fmt: skip
# What the gate for bytes refuses.
BYTES = ["e\u0301", "a\x0bb", "a\x7fb", "a\u0085b", "a\r\nb", "a\x00b"]
VALUES = {
    "string": ["a", "b", "ab", "A", "é", "10", "2", "x y", "a\nb", "a,b", 'q"q', "éé", " a"],
    "any": ["a", "b", "10", "1", "true", "2024-02-29", "x\ny"],
    "integer": ["0", "1", "2", "10", "-3", "007", "+5", "-0", "7", "9223372036854775807"],
    "number": ["0", "1", "2.5", "-3.25", "1e3", "1000", ".5", "5.", "-0", "0.1", "1.10", "1.1", "0.30000000000000004"],
    "boolean": ["true", "false", "True", "FALSE", "1", "0"],
    "date": ["2024-02-29", "2023-12-31", "1900-02-28", "0001-01-01", "9999-12-31", "2000-02-29", "2024-01-01"],
    "datetime": ["2024-02-29T13:45:00", "2024-02-29T13:45:00.5", "2023-12-31T23:59:59", "2000-01-01T00:00:00"],
    "time": ["13:45:00", "00:00:00", "23:59:59.25", "13:45:00.0"],
    "year": ["2024", "0099", "1999", "9999", "0000"],
    "yearmonth": ["2024-09", "1999-12", "2024-01"],
}
# As the contract names values: no group characters, numbers as JSON numbers, now and then as text.
LIMITS: dict[str, list[Any]] = {
    "integer": [0, 1, 2, 7, -3, "5", 9223372036854775807],
    "number": [0, 1, 2.5, -3.25, 1000, "0.1"],
    "date": ["2024-02-29", "2000-02-29", "0001-01-01"],
    "datetime": ["2024-02-29T13:45:00", "2000-01-01T00:00:00"],
    "time": ["13:45:00", "00:00:00"],
    "year": [2024, "1999"],
    "yearmonth": ["2024-09", "1999-12"],
}
PATTERNS = [r"[a-z]+", r"[0-9]{1,3}", r"\d+", r"a|bb", r"a.c", r"é*", r".*", r"\S+", r"(?:a|b){1,2}", r"[^,]*", r"\w+"]
MISSING = [["", "NULL"], ["", "NA", "-"], ["NA"], [], ["", "0"], ["", "-1", "7"], ["", "true"], ["", "2024"]]
ORDERED = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
KINDS = list(VALUES)


def one_in(number: int) -> st.SearchStrategy[bool]:
    """True once in `number` times; shrinks to False."""
    return st.integers(0, number - 1).map(lambda drawn: drawn == number - 1)


@st.composite
def fields(draw: Draw, name: str, kind: str | None = None) -> Schema:
    """A field of the type, or of any."""
    kind = kind or draw(st.sampled_from(KINDS))
    field: Schema = {"name": name, "type": kind}
    if kind in ("string", "any") and draw(one_in(2)):
        field["allowFormulas"] = True
    if draw(one_in(3)):
        field |= draw(st.sampled_from(OPTIONS.get(kind, [{}])))
    if draw(one_in(6)):
        field["missingValues"] = draw(st.sampled_from(MISSING))
    constraints = draw(_constraints(field))
    return {**field, "constraints": constraints} if constraints else field


OPTIONS: dict[str, list[Schema]] = {
    "integer": [{"groupChar": ","}, {"bareNumber": False}],
    "number": [{"decimalChar": ",", "groupChar": "."}, {"groupChar": ","}, {"decimalChar": ","}, {"bareNumber": False}],
    "boolean": [
        {"trueValues": ["yes", "true"], "falseValues": ["no"]},
        {"trueValues": ["1"], "falseValues": ["0", "-"]},
    ],
    "date": [{"format": "%d/%m/%Y"}],
}


@st.composite
def _constraints(draw: Draw, field: Schema) -> Schema:
    kind, found = field["type"], {}
    # Texts would have to be written as the field's cells are.
    limits = [limit for limit in LIMITS.get(kind, []) if not ("decimalChar" in field and isinstance(limit, str))]
    if draw(one_in(3)):
        found["required"] = draw(st.booleans())
    if draw(one_in(5)):
        found["unique"] = True
    if limits and "format" not in field:
        for name in draw(st.lists(st.sampled_from(ORDERED), max_size=2, unique=True)):
            found[name] = draw(st.sampled_from(limits))
    if kind in ("string", "any"):
        for name in draw(st.lists(st.sampled_from(("minLength", "maxLength")), max_size=2, unique=True)):
            found[name] = draw(st.integers(0, 4))
    if kind in ("string", "any", "yearmonth") and draw(one_in(3)):
        found["pattern"] = draw(st.sampled_from(PATTERNS))
    if not field.keys() & {"format", "decimalChar", "trueValues"} and draw(one_in(4)):
        values = LIMITS.get(kind, ["true"] if kind == "boolean" else VALUES[kind])
        # Not by the values' texts: the contract may name no value twice, in whatever form.
        found["enum"] = draw(st.lists(st.sampled_from(values), min_size=1, max_size=4, unique=True))
    return found


def texts(field: Schema, garbage: bool) -> st.SearchStrategy[str]:
    """Cells of a field: values and some blanks, and `garbage` if there is to be any."""
    values = list(VALUES[field["type"]])
    if "format" in field:
        values = ["29/02/2024", "31/12/2023", "01/01/0001", "30/02/2024", "1/1/2024"]
    if "groupChar" in field:
        values += ["1,000", "1.000", "1,0,0", "12.345,5", "12,345.5"]
    if "decimalChar" in field:
        values += ["2,5", "1000,25", ",5"]
    values += [*field.get("trueValues", []), *field.get("falseValues", [])]
    values += [] if field.get("bareNumber", True) else ["$7", "8%", "EUR 9", "7 kg", "-4 C"]
    values += ["=1", "-1"] if field["type"] in ("string", "any") else []
    # Other ways to write a number that may mean a blank.
    values += ["+7", "07", "00", "-01"] if field["type"] in ("integer", "number") else []
    blanks = ["", "", *field.get("missingValues", ["NULL"])]
    kinds = [*[st.sampled_from(values)] * 6, st.sampled_from(blanks)]
    return st.one_of(*kinds, *[st.sampled_from(GARBAGE)] * garbage)


@st.composite
def _pools(draw: Draw, schemas: dict[str, Schema]) -> dict[tuple[str, str], list[str]]:
    """The texts of each column: a handful, so that rows meet in their keys; foreign keys have their target's too."""
    pools = {}
    for table, schema in schemas.items():
        for field in schema["fields"]:
            cells = texts(field, garbage=draw(one_in(2)))
            pools[table, field["name"]] = draw(st.lists(cells, min_size=1, max_size=5))
    for key in schemas["t"].get("foreignKeys", []):
        target = key["reference"]["resource"] or "t"
        for own, there in zip(key["fields"], key["reference"]["fields"], strict=True):
            pools["t", own] = pools[target, there] + pools["t", own][:1]
    return pools


@st.composite
def tables(draw: Draw, name: str) -> Schema:
    """A table's schema without foreign keys; its fields are named after it."""
    schema: Schema = {"fields": [draw(fields(f"{name}{n}")) for n in range(draw(st.integers(2, 4)))]}
    columns = [field["name"] for field in schema["fields"]]
    if draw(one_in(3)):
        schema["missingValues"] = draw(st.sampled_from(MISSING))
    if draw(st.booleans()):
        key = draw(st.lists(st.sampled_from(columns), min_size=1, max_size=2, unique=True))
        schema["primaryKey"] = key[0] if len(key) == 1 and draw(st.booleans()) else key
    if draw(one_in(3)):
        schema["uniqueKeys"] = [draw(st.lists(st.sampled_from(columns), min_size=1, max_size=2, unique=True))]
    return schema


@st.composite
def contracts(draw: Draw) -> dict[str, Schema]:
    """The tables `t` and `u`, or `t` alone; foreign keys lead from `t` to `u` and to itself."""
    schemas = {"t": draw(tables("t"))}
    if draw(st.booleans()):
        schemas["u"] = draw(tables("u"))
    for target in draw(st.lists(st.sampled_from(list(schemas)), max_size=2, unique=True)):
        keys = _keys(schemas[target])
        if not keys:
            schemas[target]["primaryKey"] = schemas[target]["fields"][0]["name"]
            keys = _keys(schemas[target])
        key = draw(st.sampled_from(keys))
        own = [draw(_leading(schemas["t"], schemas[target], column, part)) for part, column in enumerate(key)]
        if len(set(own)) == len(own):
            reference = {"resource": "" if target == "t" else target, "fields": key}
            schemas["t"].setdefault("foreignKeys", []).append({"fields": own, "reference": reference})
    return schemas


def _keys(schema: Schema) -> list[list[str]]:
    """The keys of a table that foreign keys can lead to, each field once."""
    single = [[f["name"]] for f in schema["fields"] if f.get("constraints", {}).get("unique")]
    return [key for key in [names(schema.get("primaryKey", [])), *schema.get("uniqueKeys", []), *single] if key]


@st.composite
def _leading(draw: Draw, schema: Schema, target: Schema, column: str, part: int) -> str:
    """A field of `schema` of the type of the target's `column`; a new one is made where there is none."""
    kind = next(field["type"] for field in target["fields"] if field["name"] == column)
    fit = [field["name"] for field in schema["fields"] if field["type"] == kind and field["name"] != column]
    if fit and draw(st.booleans()):
        return str(draw(st.sampled_from(fit)))
    name = f"f{len(schema['fields'])}"
    schema["fields"].append(draw(fields(name, kind)))
    return name


@st.composite
def cases(draw: Draw, rows: int = 10) -> Case:
    """A contract, and up to so many rows of each of its tables in one file or several."""
    schemas = draw(contracts())
    files: dict[str, str] = {}
    pools = draw(_pools(schemas))
    faults = draw(st.sampled_from(["none"] * 6 + ["bytes", "widths"]))
    fewest = st.sampled_from([0, 4, 7])
    for table, schema in schemas.items():
        columns = [st.sampled_from(pools[table, field["name"]]) for field in schema["fields"]]
        found = [list(row) for row in draw(st.lists(st.tuples(*columns), min_size=draw(fewest), max_size=rows))]
        if found and faults == "bytes":
            draw(st.sampled_from(found))[0] = draw(st.sampled_from(BYTES))
        if found and faults == "widths":
            row = draw(st.sampled_from(found))
            row[:] = draw(st.sampled_from([row[:-1], [*row, "x"]]))
        header = [field["name"] for field in schema["fields"]]
        for path, part in _parts(draw, table, found):
            files[path] = file(header, part, draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])))
    return Case(schemas, files, draw(_extracts(schemas)))


def _parts(draw: Draw, table: str, rows: list[list[str]]) -> list[tuple[str, list[list[str]]]]:
    """The rows of a table in order, over its files."""
    folders = draw(st.sampled_from([["raw"], ["raw/a"], ["raw/a", "raw/b"], ["raw/B", "raw/a", "raw/é"]]))
    cuts = sorted(draw(st.integers(0, len(rows))) for _ in folders[1:])
    bounds = [0, *cuts, len(rows)]
    return [(f"{folder}/{table}.csv", rows[bounds[n] : bounds[n + 1]]) for n, folder in enumerate(folders)]


@st.composite
def _extracts(draw: Draw, schemas: dict[str, Schema]) -> dict[str, Schema] | None:
    """A contract of the extracts: none, the published one, or one that asks for less."""
    less = draw(st.sampled_from([None, None, _same, _types, _texts]))
    return less and {table: less(schema) for table, schema in schemas.items()}


def _same(schema: Schema) -> Schema:
    return schema


def _types(schema: Schema) -> Schema:
    """The same types and blanks without constraints or keys."""
    kept = [{name: given for name, given in field.items() if name != "constraints"} for field in schema["fields"]]
    return {name: given for name, given in {**schema, "fields": kept}.items() if name in ("fields", "missingValues")}


def _texts(schema: Schema) -> Schema:
    """Text in every field; what is blank stays to be said, so that the published contract sees each text."""
    fields = [{"name": field["name"], "type": "string", "allowFormulas": True} for field in schema["fields"]]
    return {"fields": fields, "missingValues": []}
