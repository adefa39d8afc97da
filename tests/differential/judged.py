"""Cases judged by hand: the order of stages, what is told once, and which line is named."""

from __future__ import annotations

from typing import Any

from differential.case import Case, Verdict, file, one

T, U = "raw/t.csv", "raw/u.csv"
_ID = {"name": "id", "type": "string"}
_INTEGER = {"name": "v", "type": "integer"}


def _of(*rows: list[str], **options: Any) -> Case:
    """A table of an id and a whole number `v`, which has the `options`."""
    return one([_ID, {**_INTEGER, **options}], list(rows))


def _with_extracts(published: dict[str, Any], extracts: dict[str, Any]) -> Case:
    """Two rows that are too small for a limit of 5, the second of them no number."""
    schemas = [{"t": {"fields": [_ID, {**_INTEGER, **options}]}} for options in (published, extracts)]
    return Case(schemas[0], {T: file(["id", "v"], [["a", "1"], ["b", "x"]])}, schemas[1])


def _leading(key: list[str], there: list[str], rows: list[list[str]], targets: list[list[str]]) -> Case:
    """A table `t` of whole numbers a and b; `key` of it leads to `there`, the primary key of the table `u`."""
    fields = [{"name": name, "type": "integer"} for name in ("a", "b")]
    own = {"fields": fields, "foreignKeys": [{"fields": key, "reference": {"resource": "u", "fields": there}}]}
    files = {T: file(["a", "b"], rows), U: file(["a", "b"], targets)}
    return Case({"t": own, "u": {"fields": fields, "uniqueKeys": [there]}}, files)


LIMIT = {"constraints": {"minimum": 5}}
JUDGED: dict[str, tuple[Case, list[Verdict]]] = {
    "a sound table": (_of(["a", "7"], ["b", ""]), []),
    "every constraint of a cell is told by its name": (
        one([_ID, {**_INTEGER, "name": "a", "constraints": {"minimum": 5, "exclusiveMinimum": 5}},
             {**_INTEGER, "name": "b", "constraints": {"maximum": 5, "exclusiveMaximum": 5, "enum": [5]}},
             {"name": "c", "type": "string", "constraints": {"minLength": 2, "pattern": "[a-z]*"}},
             {"name": "d", "type": "string", "constraints": {"maxLength": 2, "pattern": "a.*"}}],
            [["p", "5", "5", "ab", "ab"], ["q", "4", "6", "é", "a\nb"], ["r", "", "", "", ""]]),
        [(T, 2, "a", "exclusiveMinimum"), (T, 2, "b", "exclusiveMaximum"),
         (T, 3, "a", "exclusiveMinimum"), (T, 3, "a", "minimum"),
         (T, 3, "b", "enum"), (T, 3, "b", "exclusiveMaximum"), (T, 3, "b", "maximum"),
         (T, 3, "c", "minLength"), (T, 3, "c", "pattern"), (T, 3, "d", "maxLength"), (T, 3, "d", "pattern")],
    ),
    "a text that a spreadsheet runs is told, if the contract does not allow it": (
        one([_ID, {"name": "v", "type": "any"}, {"name": "w", "type": "string", "allowFormulas": True}],
            [["a", "=1", "=1"], ["b", "@x", "\tx"], ["-c", "1", "-1"]]),
        [(T, 2, "v", "formula"), (T, 3, "v", "formula"), (T, 4, "id", "formula")],
    ),
    "rows in doubt of a table without keys, once another is found wrong": (
        Case({"t": {"fields": [_INTEGER], "primaryKey": "v"},
              "u": {"fields": [{"name": "n", "type": "integer", "groupChar": ","}, {"name": "m", "type": "string"}]}},
             {T: "v\nx\n", U: 'n,m\n"1,000",a\n2,b\ny,c\n'}),
        [(T, 2, "v", "type"), (U, 4, "n", "type")],
    ),
    "where texts are listed, and no formula among them, a formula is one that is not": (
        one([_ID, {"name": "v", "type": "string", "constraints": {"enum": ["a"]}}, {"name": "n", "type": "integer"},
             {"name": "w", "type": "string", "constraints": {"enum": ["-", "a"]}}],
            [["p", "=1", "1", "a"], ["q", "@x", "x", "-"], ["r", "a", "", "=1"]]),
        [(T, 2, "v", "enum"), (T, 3, "v", "enum"), (T, 3, "n", "type"), (T, 3, "w", "formula"),
         (T, 4, "w", "enum"), (T, 4, "w", "formula")],
    ),
    "every fault of bytes is told by its name": (
        Case({"t": {"fields": [_ID, _INTEGER]}}, {T: "id,v\na\r,1\na\x00,1\ne\u0301,1\na\x0b\x80\x9f,x\n"}),
        [(T, 2, "", "line ends"), (T, 3, "", "NUL"), (T, 4, "", "NFC"), (T, 5, "", "control character")],
    ),
    "bytes go before widths and types": (
        Case({"t": {"fields": [_ID, _INTEGER]}, "u": {"fields": [_ID, _INTEGER]}},
             {T: "id,v\ne\u0301,x\n", U: "id,v\na\n"}),
        [(T, 2, "", "NFC")],
    ),
    "of each fault of bytes a file's first place is told": (
        Case({"t": {"fields": [_ID, _INTEGER]}}, {T: "id,v\na,1\ne\u0301,1\ne\u0301,1\na\x0b,1\n"}),
        [(T, 3, "", "NFC"), (T, 5, "", "control character")],
    ),
    "widths go before types, of any table": (
        Case({"t": {"fields": [_ID, _INTEGER]}, "u": {"fields": [_ID, _INTEGER]}},
             {T: "id,v\na,x\n", U: "id,v\na\nb,1,2\n"}),
        [(U, 2, "", "missing columns"), (U, 3, "", "too many columns")],
    ),
    "types, constraints and keys are told together": (
        one([_ID, {**_INTEGER, **LIMIT}], [["a", "1"], ["b", "x"], ["a", "7"]], primaryKey="id"),
        [(T, 2, "v", "minimum"), (T, 3, "v", "type"), (T, 4, "id", "primary key")],
    ),
    "a contract of the extracts goes first": (
        _with_extracts(LIMIT, {}), [(T, 3, "v", "type")],
    ),
    "a contract of the extracts tells its constraints with its types": (
        _with_extracts({}, LIMIT), [(T, 2, "v", "minimum"), (T, 3, "v", "type")],
    ),
    "what extracts may be, the published table may not": (
        _with_extracts(LIMIT, {"type": "string"}), [(T, 2, "v", "minimum"), (T, 3, "v", "type")],
    ),
    "no value is not a blank as well": (
        _of(["a", "x"], ["b", ""], constraints={"required": True}), [(T, 2, "v", "type"), (T, 3, "v", "required")],
    ),
    "a row of blanks is told beside what is required": (
        _of(["a", "1"], ["", ""], constraints={"required": True}), [(T, 3, "", "blank row"), (T, 3, "v", "required")],
    ),
    "a row of no value is not a row of blanks": (_of(["", "x"]), [(T, 2, "v", "type")]),
    "a key with no value in it is not one that is blank in part": (
        _leading(["a", "b"], ["a", "b"], [["1", "x"], ["1", ""]], [["1", "1"]]),
        [(T, 2, "b", "type"), (T, 3, "a, b", "foreign key")],
    ),
    "a key of no value and a blank is not judged": (
        _leading(["a", "b"], ["a", "b"], [["", "x"]], [["1", "1"]]), [(T, 2, "b", "type")],
    ),
    "a key leads nowhere when its target is no value": (
        _leading(["a"], ["a"], [["1", "1"]], [["1.0", "1"]]),
        [(T, 2, "a", "foreign key"), (U, 2, "a", "type")],
    ),
    "a value that would be written as a blank is a value": (
        _of(["a", "07"], ["b", "7"], missingValues=["7"], constraints={"maximum": 5}),
        [(T, 2, "v", "maximum"), (T, 2, "v", "missing value")],
    ),
    "values are compared, not texts": (
        _of(["a", "7"], ["b", "+07"], ["c", "x"], ["d", "x"], ["e", ""], ["f", ""], constraints={"unique": True}),
        [(T, 3, "v", "unique"), (T, 4, "v", "type"), (T, 5, "v", "type")],
    ),
    "one key under three names is told once": (
        one([{**_ID, "constraints": {"unique": True}}, _INTEGER], [["a", "1"], ["a", "2"]],
            primaryKey=["id"], uniqueKeys=[["id"]]),
        [(T, 3, "id", "primary key")],
    ),
    "two keys of one field are told each": (
        Case({"t": {"fields": [_ID, {**_INTEGER, "constraints": {"unique": True}}, {**_INTEGER, "name": "w"}],
                    "foreignKeys": [{"fields": "w", "reference": {"resource": "", "fields": "v"}},
                                    {"fields": "w", "reference": {"resource": "u", "fields": "v"}}]},
              "u": {"fields": [_ID, _INTEGER], "primaryKey": "v"}},
             {T: "id,v,w\na,1,2\n", U: "id,v\na,1\n"}),
        [(T, 2, "w", "foreign key"), (T, 2, "w", "foreign key")],
    ),
    "the first of two files holds the first of two rows": (
        Case({"t": {"fields": [_ID, _INTEGER], "primaryKey": "id"}},
             {"raw/b/t.csv": "id,v\na,1\nb,2\n", "raw/B/t.csv": "id,v\nb,3\n"}),
        [("raw/b/t.csv", 3, "id", "primary key")],
    ),
    "lines are those of the file, whatever its cells hold": (
        Case({"t": {"fields": [_ID, _INTEGER]}}, {T: 'id,v\n"a\n\nb",1\n"c""\n",x\n"d","\n"\n'}),
        [(T, 5, "v", "type"), (T, 7, "v", "type")],
    ),
    "a day of the year 0 is none, in any format": (
        _of(["a", "01/01/0000"], type="date", format="%d/%m/%Y"), [(T, 2, "v", "type")],
    ),
    "a number too small for its digits is none": (
        _of(["a", "1.2e-323"], ["b", "1.23456789012345e-320"], ["c", "5e-324"], type="number"),
        [(T, 2, "v", "type"), (T, 3, "v", "type")],
    ),
}  # fmt: skip
