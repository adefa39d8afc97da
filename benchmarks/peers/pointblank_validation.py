"""pointblank over one whole eager polars frame: a validation of eleven steps, extracts of rows not collected."""

from __future__ import annotations

from collections import Counter

import pointblank as pb
import polars as pl
from contract import DOI, KINDS, REQUIRED, VALUE, YEAR, project, tell
from frames import GROUPS, SCHEMA, read


def validation(frame: pl.DataFrame, groups: pl.DataFrame) -> pb.Validate:
    """The steps, each with its rule's name as its brief."""
    schema = pb.Schema(columns=[(name, str(kind)) for name, kind in SCHEMA.items()])
    return (
        pb.Validate(frame)
        .col_schema_match(schema, brief="type")
        .col_vals_not_null(list(REQUIRED), brief="required")
        .col_vals_in_set("kind", list(KINDS), brief="enum")
        .col_vals_between("value", *VALUE, na_pass=True, brief="range")
        .col_vals_between("year", *YEAR, brief="range")
        .col_vals_regex("doi", f"^(?:{DOI})$", na_pass=True, brief="pattern")
        .rows_distinct("record_id", brief="primary key")
        .col_vals_in_table("group_id", groups, "group_id", brief="foreign key")
        .col_vals_expr(~pl.col("reviewed") | pl.col("value").is_not_null(), brief="rule")
    )


def main() -> None:
    """Check the project that the command line names."""
    records, groups = project()
    frame, untyped = read(records)
    plan = validation(frame, pl.read_csv(groups, schema=GROUPS))
    checked = plan.interrogate(collect_extracts=False, collect_tbl_checked=False)
    found = Counter({"type": untyped})
    for step in checked.validation_info:
        if step.eval_error:
            raise RuntimeError(f"pointblank cannot run the step {step.brief}")
        found[step.brief] += int(step.n_failed)
    # pointblank counts both rows of a pair.
    found["primary key"] //= 2
    tell(found)


if __name__ == "__main__":
    main()
