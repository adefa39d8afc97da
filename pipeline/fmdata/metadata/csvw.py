"""csv-metadata.json: the tables of a release as CSV on the Web describes them.

Source: W3C, Metadata Vocabulary for Tabular Data, and Model for Tabular Data and Metadata on the Web, section 6.4. It
knows no unique keys beside the primary one; a list of values is a regular expression in it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fmdata.about import About, about, given
from fmdata.contract import Field, Package, Resource
from fmdata.contract.types import truths
from fmdata.metadata.form import as_licence, write_lines
from fmdata.writers.csv import DATA

FILE = "csv-metadata.json"
_BASES = {
    "array": "json", "boolean": "boolean", "date": "date", "datetime": "dateTime", "duration": "duration", "integer":
    "integer", "number": "number", "object": "json", "time": "time", "year": "gYear", "yearmonth": "gYearMonth",
}  # fmt: skip
_BOUNDS = {"minimum": "minimum", "maximum": "maximum", "exclusiveMinimum": "minExclusive",
           "exclusiveMaximum": "maxExclusive"}  # fmt: skip
# Years are bounded by the model too, but not by its validator.
_BOUNDED = ("string", "anyURI", "integer", "number", "date", "dateTime", "time")
_DIRECTIVES = {"%Y": "yyyy", "%m": "MM", "%d": "dd", "%H": "HH", "%M": "mm", "%S": "ss"}
_DATES = r"yyyy-MM-dd|yyyyMMdd|dd-MM-yyyy|MM-dd-yyyy|dd/MM/yyyy|MM/dd/yyyy|dd\.MM\.yyyy|MM\.dd\.yyyy"
_TIMES = "HH:mm:ss|HHmmss|HH:mm|HHmm"
# The patterns that the model recognises, section 6.4.4.
_PATTERNS = {
    "date": _DATES,
    "time": _TIMES,
    "datetime": rf"(?:yyyy-MM-ddT(?:HH:mm:ss|HH:mm)|(?:{_DATES}) (?:{_TIMES}))X?",
}
_DIALECT = {"delimiter": ",", "doubleQuote": True, "encoding": "utf-8", "header": True, "lineTerminators": ["\n"],
            "quoteChar": '"'}  # fmt: skip


def write_csvw(package: Package, folder: Path) -> None:
    """Write `folder/csv-metadata.json`."""
    write_lines(folder / FILE, _group(package, about(package)))


def _group(package: Package, told: About) -> dict[str, Any]:
    return given({
        "@context": "http://www.w3.org/ns/csvw",
        "dc:title": told.title,
        "dc:description": told.description,
        "dc:identifier": [word for word in (told.address, told.id) if word],
        "dc:creator": [agent.name for agent in told.creators],
        "dc:license": [as_licence(licence) for licence in told.licences],
        "dc:subject": list(told.keywords),
        "dc:issued": told.date,
        "schema:version": told.version,
        "dialect": _DIALECT,
        "tables": [_table(resource) for resource in package],
    })  # fmt: skip


def _table(resource: Resource) -> dict[str, Any]:
    schema = given({
        "columns": [_column(field) for field in resource.fields],
        "primaryKey": [_name(field) for field in resource.primary_key],
        "foreignKeys": [
            {
                "columnReference": [_name(field) for field in key.fields],
                "reference": {
                    "resource": f"{DATA}/{key.resource}.csv",
                    "columnReference": [_name(field) for field in key.reference_fields],
                },
            }
            for key in resource.foreign_keys
        ],
    })  # fmt: skip
    return given({
        "url": f"{DATA}/{resource.name}.csv",
        "dc:title": resource.title,
        "dc:description": resource.description,
        "tableSchema": schema,
    })  # fmt: skip


def _name(field: str) -> str:
    """The name of a column, of the letters that a URI template allows and with no underscore before them."""
    plain = quote(field, safe="").replace("-", "%2D").replace("~", "%7E")
    return f"%5F{plain[1:]}" if plain.startswith("_") else plain


def _column(field: Field) -> dict[str, Any]:
    blanks = list(field.missing_values)
    record = given({
        "name": _name(field.name),
        "titles": field.name,
        "dc:title": field.words("title"),
        "dc:description": " ".join(word for word in (field.words("description"), field.words("blank")) if word),
        "required": field.required or None,
        "datatype": _datatype(field),
    })  # fmt: skip
    # The empty text alone is a blank unless it is said otherwise.
    return record if blanks == [""] else {**record, "null": blanks}


def _datatype(field: Field) -> str | dict[str, Any]:
    base, pattern = _base(field)
    bounds = _bounds(field) if base in _BOUNDED else {}
    found = given({"base": base, "format": pattern, **bounds})
    return base if len(found) == 1 else found


def _bounds(field: Field) -> dict[str, Any]:
    """The least and greatest values and lengths; those of values as they are written."""
    if field.type == "string":
        return {word: value for word, value in field.constraints.items() if word in ("minLength", "maxLength")}
    if field.format != "default":
        return {}
    return {_BOUNDS[word]: str(value) for word, value in field.constraints.items() if word in _BOUNDS}


def _base(field: Field) -> tuple[str, Any]:
    """The datatype that CSV on the Web has for a field, and its format; text for what it has none for."""
    if field.type == "string":
        values = [re.escape(str(value)).replace("\\-", "-") for value in field.constraints.get("enum", ())]
        listed = "|".join(values) or field.constraints.get("pattern")
        return ("anyURI" if field.format == "uri" and not listed else "string"), listed
    base = _BASES.get(field.type, "string")
    if field.type == "boolean":
        true, false = (words[0] for words in truths(field))
        return ("string", None) if "|" in true + false else (base, f"{true}|{false}")
    if field.type in ("integer", "number"):
        signs = {word: field.descriptor[word] for word in ("decimalChar", "groupChar") if word in field.descriptor}
        return (base, signs or None) if field.descriptor.get("bareNumber", True) else ("string", None)
    if field.format != "default" and field.type in _PATTERNS:
        pattern = re.sub("%.", lambda found: _DIRECTIVES.get(found[0], found[0]), field.format)
        pattern = re.sub("Z$", "X", pattern)
        return (base, pattern) if re.fullmatch(_PATTERNS[field.type], pattern) else ("string", None)
    return base, None
