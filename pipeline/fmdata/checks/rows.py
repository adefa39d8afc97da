"""Checking typed rows with pandera: the contract's rules cell by cell, then the project's rules row by row.

pandera sees eager polars frames in ordered batches: a lazy frame would be checked for its schema only.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import duckdb
import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrorReason

from fmdata.checks.rules import FOLDER, expression, sees_one_row, sees_place
from fmdata.checks.schema import verdicts, whole
from fmdata.contract import Resource
from fmdata.contract.constraints import Rule, rules
from fmdata.contract.types import carried_values
from fmdata.errors import FmdataError
from fmdata.exchange import slices
from fmdata.failing import alike, quoted
from fmdata.sql import count, name

BATCH = 500_000
# Rows of a frame with their `_file`, which travels with them only where it must.
Place = Callable[[pl.DataFrame], pl.DataFrame]


class RowChecks:
    """What the rows of one resource must keep by themselves: the contract's rules, then the project's own `checks`.

    Some rules look at further rows of the table: these, if there are any, need all of it in one frame.
    """

    def __init__(self, resource: Resource, checks: list[pa.Check], contract: bool = True) -> None:
        for switch in sorted(os.environ):
            if switch.startswith("PANDERA_VALIDATION_"):
                raise FmdataError(f"{switch} can switch checks off; unset it and run again.")
        self._resource = resource
        self._contract = rules(resource.fields, resource.primary_key) if contract else []
        self._own = [check for check in checks if sees_one_row(check)]
        self._whole = whole(resource if contract else None, [*map(expression, self._own)])
        self.beyond = [check for check in checks if not sees_one_row(check)]
        self._placed = any(map(sees_place, checks))

    def broken(self, frame: pl.DataFrame, place: Place, doubt: pl.Series | None = None) -> pl.DataFrame:
        """Those of some rows, but those in doubt, that break anything.

        They have the typed fields and working columns, `_line` among them.
        """
        if self._placed:
            frame = place(frame)
        verdict = _verdict(self._whole, frame) if self._whole.checks else None
        if verdict is None:
            return frame.clear()
        if len(verdict) != len(frame):
            if doubt is not None:
                # What stands for the values of rows in doubt may be what a rule does not run on.
                return self.broken(frame.filter(~doubt), place)
            # A rule does not run, or not on each row: by itself it is told by its name.
            self._verdicts(self._own, place(frame))
            raise FmdataError(f"{_file(self._resource)}: the rules run one by one, but not together.")
        return frame.filter(~verdict if doubt is None else ~(verdict | doubt))

    def told(self, broken: pl.DataFrame, place: Place) -> list[pl.DataFrame]:
        """Frames of failures: what each of some rows breaks that break anything."""
        rows = place(broken)
        contract = [*zip(self._contract, verdicts(self._contract, rows), strict=True)]
        own = self._verdicts(self._own, rows)
        kept = [verdict for _, verdict in [*contract, *own]]
        if not kept or rows.select(pl.all_horizontal(kept).any()).item():
            found = "a row_rule gives a row another verdict when other rows are beside it"
            raise FmdataError(f"{_file(self._resource)}: {found}. If it looks at further rows, make it a table_rule.")
        cells = [_broken_cells(self._resource, rows, *one) for one in contract if not one[1].all()]
        return [*cells, *(_broken_rule(self._resource, rows, *one) for one in own)]

    def told_whole(self, frame: pl.DataFrame, place: Place) -> list[pl.DataFrame]:
        """The same for all rows of the table together, by the rules that look beyond a row."""
        rows = place(frame)
        return [_broken_rule(self._resource, rows, *one) for one in self._verdicts(self.beyond, rows)]

    def _verdicts(self, checks: list[pa.Check], frame: pl.DataFrame) -> list[tuple[pa.Check, pl.Series]]:
        """What each of some checks that is broken says of each row."""
        if not checks:
            return []
        errors = _errors(pa.DataFrameSchema(checks=checks), frame)
        return [(error.check, _verdict_of(self._resource, frame, error)) for error in errors]


def check_rows(
    con: duckdb.DuckDBPyConnection, table: str, resource: Resource, checks: list[pa.Check]
) -> Iterator[pl.DataFrame]:
    """Frames of the failures of `table`, the typed rows of `resource` with `_file` and `_line`, `BATCH` rows at a time.

    A table with rules that look beyond a row is one batch.
    """
    rules_ = RowChecks(resource, checks)
    for frame in _batches(con, table, resource, at_once=bool(rules_.beyond)):
        if len(broken := rules_.broken(frame, as_they_are)):
            yield from rules_.told(broken, as_they_are)
        yield from rules_.told_whole(frame, as_they_are)


def as_they_are(rows: pl.DataFrame) -> pl.DataFrame:
    """The `Place` of rows that have their `_file` already."""
    return rows


def _verdict(derived: pa.DataFrameSchema, frame: pl.DataFrame) -> pl.Series | None:
    """What the one check of a schema says of each row; None where all is well. Empty where it does not run."""
    try:
        derived.validate(frame)
    except pa.errors.SchemaError as error:
        found = error.check_output
        # It and its traceback hold on to each other, and so to the rows, until Python looks for such rings.
        error.with_traceback(None)
        return found.to_series() if isinstance(found, pl.DataFrame) else pl.Series(dtype=pl.Boolean)
    return None


def _errors(derived: pa.DataFrameSchema, frame: pl.DataFrame) -> list[pa.errors.SchemaError]:
    try:
        derived.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        return list(errors.schema_errors)
    return []


def _batches(con: duckdb.DuckDBPyConnection, table: str, resource: Resource, at_once: bool) -> Iterator[pl.DataFrame]:
    described = con.execute(f"DESCRIBE {table}").fetchall()
    working = "".join(f", {name(row[0])}" for row in described if row[0].startswith("_"))
    size = max(count(con, table), 1) if at_once else BATCH
    return slices(con, f"{carried_values(resource.fields)}{working}", table, size)


def _verdict_of(resource: Resource, frame: pl.DataFrame, error: pa.errors.SchemaError) -> pl.Series:
    """Which rows of a frame keep the check an error tells of."""
    where = _file(resource)
    if error.reason_code == SchemaErrorReason.CHECK_ERROR or not isinstance(error.check_output, pl.DataFrame):
        raise FmdataError(
            f"{where}: the rule {getattr(error.check, 'name', error.check)} does not run. {_cause(error)}"
        )
    verdict = error.check_output.to_series()
    if len(verdict) != len(frame):
        found = f"{len(verdict)} verdict(s) for {len(frame)} rows"
        raise FmdataError(f"{where}: the rule {error.check.name} gives {found}; expected one a row.")
    return verdict.fill_null(False)


def _file(resource: Resource) -> str:
    return f"{FOLDER}/{resource.name}.py"


def _cause(error: pa.errors.SchemaError) -> str:
    """Why a rule does not run, without the traceback that pandera puts below."""
    return str(error).split("\nTraceback")[0].split("\n")[0]


def _broken_cells(resource: Resource, rows: pl.DataFrame, rule: Rule, kept: pl.Series) -> pl.DataFrame:
    field = rule.field.name
    broken = rows.select("_file", "_line", field).filter(~kept)
    expected = rule.expected
    if "example" in rule.field.descriptor:
        expected += f", e.g. {rule.field.descriptor['example']}"
    values = broken.get_column(field)
    told = quoted(values) + f" breaks {rule.name}"
    found = pl.when(values.is_null()).then(pl.lit("the cell is blank")).otherwise(told)
    return alike(broken, found, resource.name, field, rule.name, expected, rule.advice)


def _broken_rule(resource: Resource, rows: pl.DataFrame, check: pa.Check, kept: pl.Series) -> pl.DataFrame:
    broken = rows.select("_file", "_line", *resource.primary_key).filter(~kept)
    expected, _, advice = str(check.error).removeprefix("expected ").partition("; ")
    advice = advice[:1].upper() + advice[1:].rstrip(".")
    shown = [f"{field} " + quoted(broken.get_column(field)) for field in resource.primary_key]
    key = pl.concat_str(shown, separator=", ") if shown else pl.lit("the row")
    found = key + f" breaks the rule {check.name}"
    return alike(broken, found, resource.name, "", str(check.name), expected, advice)
