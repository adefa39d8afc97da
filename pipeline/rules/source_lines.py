"""Rules for the ledger of lines: it tells the truth about which lines the published tables use.

A line is `extracted` if and only if a published fact, a heading kept as a section or a detail of the source stands on
it. A place that only a source issue or a name points at does not count: an issue says what is wrong with a line, and
may point at one from which nothing was taken, such as the lead of a list that was lost.
"""

import pandera.polars as pa
import polars as pl


def extracted_lines_state_a_fact(data: pa.PolarsData) -> pl.LazyFrame:
    """A line that says `extracted` carries a published fact."""
    return data.lazyframe.select(((pl.col("status") != "extracted") | pl.col("_states_a_fact")).fill_null(False))


def facts_stand_on_extracted_lines(data: pa.PolarsData) -> pl.LazyFrame:
    """A line that carries a published fact says `extracted`."""
    return data.lazyframe.select(((pl.col("status") == "extracted") | ~pl.col("_states_a_fact")).fill_null(False))


def reason_unless_extracted(data: pa.PolarsData) -> pl.LazyFrame:
    """A reason stands exactly where the line is not extracted."""
    return data.lazyframe.select(((pl.col("status") == "extracted") == pl.col("reason").is_null()).fill_null(False))


def boilerplate_kind_is_not_extracted(data: pa.PolarsData) -> pl.LazyFrame:
    """A line of the kind boilerplate has the status boilerplate."""
    return data.lazyframe.select(
        ((pl.col("kind") != "boilerplate") | (pl.col("status") == "boilerplate")).fill_null(False)
    )


def line_stands_in_the_capture(data: pa.PolarsData) -> pl.LazyFrame:
    """The line is a line of the capture."""
    return data.lazyframe.select((pl.col("line_number") <= pl.col("_capture_lines")).fill_null(False))


CHECKS = [
    pa.Check(
        extracted_lines_state_a_fact,
        name="extracted_lines_state_a_fact",
        error=(
            "expected a published fact on a line with status extracted; enter the fact, or give the line another "
            "status and a reason"
        ),
    ),
    pa.Check(
        facts_stand_on_extracted_lines,
        name="facts_stand_on_extracted_lines",
        error=(
            "expected status extracted, because a published fact points at this line; correct the status, or the "
            "line number of the fact"
        ),
    ),
    pa.Check(
        reason_unless_extracted,
        name="reason_unless_extracted",
        error=(
            "expected a reason on every line that is not extracted, and none on one that is; say why the line was "
            "left out"
        ),
    ),
    pa.Check(
        boilerplate_kind_is_not_extracted,
        name="boilerplate_kind_is_not_extracted",
        error="expected status boilerplate beside kind boilerplate; a line that is of use is of another kind",
    ),
    pa.Check(
        line_stands_in_the_capture,
        name="line_stands_in_the_capture",
        error="expected line_number at most the capture_lines of the source; correct the line number",
    ),
]
