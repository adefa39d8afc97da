"""Rules for sections across rows: ranges are in order and nest like their headings."""

import polars as pl

from fmdata.checks import row_rule, table_rule

CHECKS = [
    row_rule(
        "lines_in_order",
        pl.col("line_start") <= pl.col("line_end"),
        "expected line_start on or before line_end; correct the range",
    ),
    row_rule(
        "ends_inside_the_capture",
        pl.col("line_end") <= pl.col("_capture_lines"),
        "expected line_end at most the capture_lines of the source; correct the range",
    ),
    row_rule(
        "parent_encloses_section",
        pl.col("parent_section_id").eq_missing(pl.col("_enclosing_section_id")),
        "expected parent_section_id to be the smallest section that encloses this one, blank where none does; correct the parent or the ranges",
    ),
    row_rule(
        "sections_do_not_cross",
        pl.col("_crossing_sections") == 0,
        "expected sections to nest or to stand apart; end one section before the next begins",
    ),
    table_rule(
        "range_is_its_own",
        pl.len().over("source_id", "line_start", "line_end") == 1,
        "expected a range of lines of its own for each section; join the two sections or correct a range",
    ),
]
