"""Rules for sources across columns: what is not reported says so, and the folder is the source."""

import polars as pl

from fmdata.checks import row_rule, status_agrees

LINES = ("title_line", "author_line", "publisher_line", "original_publisher_line", "published_date_line")

CHECKS = [
    row_rule(
        "source_id_is_its_folder",
        pl.col("_source_id_as_entered") == pl.col("source_id"),
        "expected source_id to be the name of the folder the extract stands in; rename the folder or correct source_id",
    ),
    status_agrees("original_published_date_status", "original_published_date"),
    status_agrees("url_status", "url"),
    row_rule(
        "original_date_is_not_later",
        (pl.col("original_published_date") <= pl.col("published_date")).fill_null(True),
        "expected original_published_date on or before published_date; check which date is the re-post's",
    ),
    row_rule(
        "metadata_lines_stand_in_the_capture",
        pl.all_horizontal((pl.col(LINES) <= pl.col("capture_lines")).fill_null(True)),
        "expected each of the five line numbers to be at most capture_lines; correct the line number",
    ),
]
