"""Rules for the ledger of lines: it tells the truth about which lines the published tables use.

A line is `extracted` if and only if a published fact, a heading kept as a section or a detail of the source stands on
it. A place that only a source issue or a name points at does not count: an issue says what is wrong with a line, and
may point at one from which nothing was taken, such as the lead of a list that was lost.
"""

import polars as pl

from fmdata.checks import row_rule

EXTRACTED = pl.col("status") == "extracted"

CHECKS = [
    row_rule(
        "extracted_lines_state_a_fact",
        ~EXTRACTED | pl.col("_states_a_fact"),
        "expected a published fact on a line with status extracted; enter the fact, or give the line another status and a reason",
    ),
    row_rule(
        "facts_stand_on_extracted_lines",
        EXTRACTED | ~pl.col("_states_a_fact"),
        "expected status extracted, because a published fact points at this line; correct the status, or the line number of the fact",
    ),
    row_rule(
        "reason_unless_extracted",
        pl.col("reason").is_null() == EXTRACTED,
        "expected a reason on every line that is not extracted, and none on one that is; say why the line was left out",
    ),
    row_rule(
        "boilerplate_kind_is_not_extracted",
        (pl.col("kind") != "boilerplate") | (pl.col("status") == "boilerplate"),
        "expected status boilerplate beside kind boilerplate; a line that is of use is of another kind",
    ),
    row_rule(
        "line_stands_in_the_capture",
        pl.col("line_number") <= pl.col("_capture_lines"),
        "expected line_number at most the capture_lines of the source; correct the line number",
    ),
]
