"""Rules that many tables need, for use in `pipeline/rules/<table>.py`; the columns are given by name."""

from __future__ import annotations

import pandera.polars as pa
import polars as pl

from fmdata.checks.rules import row_rule


def status_agrees(status: str, value: str, reported: str = "reported") -> pa.Check:
    """The rule `<status>_is_true`: the column `status` says `reported` exactly where the column `value` is filled."""
    return row_rule(
        f"{status}_is_true",
        (pl.col(status) == reported) == pl.col(value).is_not_null(),
        f"expected {status} `{reported}` where {value} is filled and another status where it is blank; "
        "correct one of the two",
    )


def same_source(name: str, one: str, other: str, error: str) -> pa.Check:
    """The rule `name`: two columns that each name a source name the same one, where both are filled."""
    return row_rule(name, (pl.col(one) == pl.col(other)).fill_null(True), error)


def numbered_without_gap(number: str, within: str) -> pl.Expr:
    """For `row_rule`: the column `number` counts 1, 2, 3 … in each group of rows that share the column `within`.

    The rows may stand in any order. A gap, a repetition or a blank makes the group's rows from there on false.
    """
    return pl.col(number).rank("ordinal").over(within) == pl.col(number)
