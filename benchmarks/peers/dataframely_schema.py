"""dataframely over one whole eager polars frame: one schema, filtered so that every fault is counted.

Its own way to say a foreign key is a collection of two frames with a filter; a rule with the known keys says the same
in two thirds of the time, so that is what is measured.
"""

from __future__ import annotations

from collections import Counter

import dataframely as dy
import polars as pl
from contract import DOI, KINDS, VALUE, YEAR, project, tell
from frames import GROUPS, read

# What dataframely calls its own rules, by the part after the column's name.
BUILT_IN = {
    "nullability": "required",
    "check__enum": "enum",
    "min": "range",
    "max": "range",
    "regex": "pattern",
    "group_exists": "foreign key",
    "reviewed_has_value": "rule",
    "primary_key": "primary key",
}


def schema(groups: pl.Series) -> type[dy.Schema]:
    """The schema of records whose groups are `groups`."""

    class Records(dy.Schema):
        record_id = dy.String(primary_key=True)
        kind = dy.String(nullable=False, check={"enum": lambda column: column.is_in(KINDS)})
        value = dy.Float64(nullable=True, min=VALUE[0], max=VALUE[1])
        year = dy.Int64(nullable=False, min=YEAR[0], max=YEAR[1])
        label = dy.String(nullable=False)
        doi = dy.String(nullable=True, regex=f"^(?:{DOI})$")
        reviewed = dy.Bool(nullable=False)
        group_id = dy.String(nullable=False)

        @dy.rule()
        def group_exists(cls) -> pl.Expr:
            return pl.col("group_id").is_in(groups.implode())

        @dy.rule()
        def reviewed_has_value(cls) -> pl.Expr:
            return ~pl.col("reviewed") | pl.col("value").is_not_null()

    return Records


def tell_all(found: Counter[str], counts: dict[str, int]) -> None:
    """Print what was found, with what dataframely counted by its rules."""
    for rule, count in counts.items():
        found[BUILT_IN[rule.rpartition("|")[2]]] += count
    # dataframely counts both rows of a pair.
    found["primary key"] //= 2
    tell(found)


def main() -> None:
    """Check the project that the command line names."""
    records, groups = project()
    frame, untyped = read(records)
    known = pl.read_csv(groups, schema=GROUPS)["group_id"]
    _, failure = schema(known).filter(frame)
    found = Counter({"type": untyped})
    tell_all(found, failure.counts())


if __name__ == "__main__":
    main()
