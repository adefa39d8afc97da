"""The project's own rules: `pipeline/rules/<table>.py`, pandera checks that a Table Schema cannot say.

A rule file has a list `CHECKS` of named `pandera.polars.Check`s over whole rows. Each takes the table's fields and its
`_` working columns and returns one boolean column: true where the row is fine. A null counts as broken. `row_rule`,
`table_rule` and `fmdata.checks.makers` write such checks; any other pandera check will do, and sees the whole table.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pandera.polars as pa
import polars as pl

from fmdata.checks.schema import CONTRACT, REQUIRED, verdict
from fmdata.contract import Package
from fmdata.errors import FmdataError
from fmdata.files import listing

FOLDER = "pipeline/rules"
Rules = list[pa.Check]


# Columns that rows have of their file: they are added where a rule may ask for them.
PLACES = ("_file", "_folder")
# The key of the expression of a check of one row, among its statistics.
_ONE_ROW = "one row"


def row_rule(name: str, expression: pl.Expr, error: str) -> pa.Check:
    """A check whose verdict on each row is `expression`: true where the row is fine; a null counts as broken.

    The expression sees one row at a time; one that looks at others (`.over`, `.shift`, sums) is a `table_rule`.
    `error` reads "expected <what>; <what to do>".
    """
    if not _rests_on_one_row(expression):
        raise ValueError(f"the rule {name} looks at further rows; make it a table_rule")
    return pa.Check(verdict(expression), name=name, error=error, statistics={_ONE_ROW: expression}, n_failure_cases=1)


def table_rule(name: str, expression: pl.Expr, error: str) -> pa.Check:
    """As `row_rule`, for an expression that looks at other rows: it sees the whole table at once, all in memory."""
    return pa.Check(verdict(expression), name=name, error=error, n_failure_cases=1)


def sees_one_row(check: pa.Check) -> bool:
    """Whether a check's verdict on a row rests on that row alone, so that a table may be checked in batches."""
    return _ONE_ROW in check.statistics


def sees_place(check: pa.Check) -> bool:
    """Whether a check may ask for `PLACES`."""
    if not sees_one_row(check):
        return True
    # A selection of columns may select whatever a row has.
    asked = expression(check).meta
    return asked.has_multiple_outputs() or bool({*PLACES} & {*asked.root_names()})


def expression(check: pa.Check) -> pl.Expr:
    """What a check of one row says of it: true where it is fine, null or false where it is not."""
    found: pl.Expr = check.statistics[_ONE_ROW]
    return found


def _rests_on_one_row(expression: pl.Expr) -> bool:
    """Whether no part of an expression is known to look at further rows; of some parts polars cannot tell."""
    try:
        separable = expression.meta.is_row_separable()
    except pl.exceptions.PolarsError:
        separable = True
    return separable and all(map(_rests_on_one_row, expression.meta.pop()))


def load_rules(package: Package) -> dict[str, Rules]:
    """The rules of each table that has any. Raises `FmdataError` for a file that is no rule file."""
    tables = {resource.name for resource in package}
    found = {}
    for path in listing(package.root / FOLDER, ".py"):
        file = f"{FOLDER}/{path.name}"
        if path.stem not in tables:
            raise FmdataError(f"{file}: the contract has no table {path.stem}. Rename the file as its table is named.")
        found[path.stem] = _load(path, file)
    return found


def _load(path: Path, file: str) -> Rules:
    module = ModuleType(f"rules_of_{path.stem}")
    module.__file__ = str(path)
    try:
        # Not as an import, which would leave its bytecode beside the rules.
        exec(compile(path.read_bytes(), path, "exec"), vars(module))
    except (Exception, SystemExit) as error:
        raise FmdataError(f"{file}: does not run ({type(error).__name__}: {error}).") from error
    checks = getattr(module, "CHECKS", None)
    if not isinstance(checks, list) or not all(isinstance(check, pa.Check) for check in checks) or not checks:
        raise FmdataError(f"{file}: expected a list CHECKS of pandera checks.")
    names = [check.name for check in checks]
    if (
        {None, "<lambda>", REQUIRED, CONTRACT} & set(names)
        or len(set(names)) < len(names)
        or not all(check.error for check in checks)
    ):
        raise FmdataError(
            f"{file}: every check needs a name of its own (not {REQUIRED}, not {CONTRACT}) and an error that says what "
            "is expected."
        )
    for check in checks:
        check.ignore_na = False
    return checks
