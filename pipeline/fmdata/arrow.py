"""Rows from polars to DuckDB and back, by Arrow's C stream: neither needs pyarrow for it."""

from __future__ import annotations

from typing import Protocol


class _HasStream(Protocol):
    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...


class ArrowStream:
    """The rows of a polars frame or of a DuckDB relation, as an Arrow stream and nothing else.

    Of a frame, DuckDB would rather have pyarrow's. Of a relation, polars would remember the class for ever, and DuckDB
    complain of that when Python ends; this one knows nothing of DuckDB. `rows` may be replaced by others of the same
    columns once the query that scans them has ended.
    """

    def __init__(self, rows: _HasStream) -> None:
        self.rows = rows

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.rows.__arrow_c_stream__(requested_schema)
