"""Rules for sources across columns: what is not reported says so, and the folder is the source."""

import pandera.polars as pa
import polars as pl


def source_id_is_its_folder(data: pa.PolarsData) -> pl.LazyFrame:
    """The extract stands in the folder named after its source."""
    return data.lazyframe.select((pl.col("_source_id_as_entered") == pl.col("source_id")).fill_null(False))


def original_published_date_status_is_true(data: pa.PolarsData) -> pl.LazyFrame:
    """The status says `reported` exactly where original_published_date is filled."""
    return data.lazyframe.select(
        (
            (pl.col("original_published_date_status") == "reported") == pl.col("original_published_date").is_not_null()
        ).fill_null(False)
    )


def url_status_is_true(data: pa.PolarsData) -> pl.LazyFrame:
    """The status says `reported` exactly where url is filled."""
    return data.lazyframe.select(((pl.col("url_status") == "reported") == pl.col("url").is_not_null()).fill_null(False))


def original_date_is_not_later(data: pa.PolarsData) -> pl.LazyFrame:
    """An article cannot first appear after its re-post."""
    return data.lazyframe.select((pl.col("original_published_date") <= pl.col("published_date")).fill_null(True))


def metadata_lines_stand_in_the_capture(data: pa.PolarsData) -> pl.LazyFrame:
    """Every line named for a detail of the source is a line of the capture."""
    lines = ["title_line", "author_line", "publisher_line", "original_publisher_line", "published_date_line"]
    inside = [(pl.col(line) <= pl.col("capture_lines")).fill_null(True) for line in lines]
    return data.lazyframe.select(pl.all_horizontal(inside))


CHECKS = [
    pa.Check(
        source_id_is_its_folder,
        name="source_id_is_its_folder",
        error=(
            "expected source_id to be the name of the folder the extract stands in; rename the folder or correct "
            "source_id"
        ),
    ),
    pa.Check(
        original_published_date_status_is_true,
        name="original_published_date_status_is_true",
        error=(
            "expected original_published_date_status `reported` where original_published_date is filled and "
            "another status where it is blank; correct one of the two"
        ),
    ),
    pa.Check(
        url_status_is_true,
        name="url_status_is_true",
        error=(
            "expected url_status `reported` where url is filled and another status where it is blank; correct one "
            "of the two"
        ),
    ),
    pa.Check(
        original_date_is_not_later,
        name="original_date_is_not_later",
        error="expected original_published_date on or before published_date; check which date is the re-post's",
    ),
    pa.Check(
        metadata_lines_stand_in_the_capture,
        name="metadata_lines_stand_in_the_capture",
        error="expected each of the five line numbers to be at most capture_lines; correct the line number",
    ),
]
