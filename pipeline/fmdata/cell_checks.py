"""Whether a text may stand in a cell of an extract: asked of one cell, answered by what checks those of a build."""

from __future__ import annotations

from dataclasses import replace

import duckdb

from fmdata.casts import cast
from fmdata.checks import check_rows
from fmdata.contract import Field, Resource
from fmdata.contract.types import expected
from fmdata.errors import Failure
from fmdata.failing import listed
from fmdata.sql import literal, name


def wrong_with(resource: Resource, field: Field, text: str | None) -> list[str]:
    """What is wrong with a text as a value of a field, in sentences; None is a blank.

    Other cells and rows are not looked at: keys and rules are a matter of the whole.
    """
    if text is None or text in field.missing_values:
        needed = field.required or field.name in resource.primary_key
        return [f"A value is needed: {expected(field)}."] if needed else []
    alone = replace(resource, fields=(field,), primary_key=(), unique_keys=(), foreign_keys=())
    with duckdb.connect() as con:
        # What is in the name is told of no file: nothing stands in one yet.
        con.execute(
            f"CREATE TABLE given AS SELECT {literal(text)} AS {name(field.name)}, "
            "CAST(NULL AS VARCHAR) AS _file, CAST(0 AS BIGINT) AS _line"
        )
        failures = listed(cast(con, "given", "typed", alone)) or listed(check_rows(con, "typed", alone, []))
    return [_said(failure) for failure in failures]


def _said(failure: Failure) -> str:
    return f"{failure.found}; expected {failure.expected.removesuffix('.')}."
