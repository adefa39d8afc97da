"""Opening a published DuckDB file as a reader may: read-only, no files, no network, no settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from fmdata.errors import FmdataError
from fmdata.sql import literal

LATEST = "dist/latest"


@contextmanager
def reading(database: Path, output: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A locked-down connection to `database`; `output` is the one file it may write, for COPY."""
    if not database.is_file():
        raise FmdataError(f"{database}: there is no such file; expected a built release. Run `fmdata build` first.")
    try:
        connection = duckdb.connect(str(database), read_only=True, config={"autoinstall_known_extensions": "false"})
    except duckdb.Error as error:
        found = str(error).split("\n")[0]
        advice = "Close what has it open, or build it again"
        raise FmdataError(f"{database}: cannot be opened ({found}). {advice}.") from None
    with connection as con:
        con.execute("SET TimeZone = 'UTC'")
        if output:
            con.execute(f"SET allowed_paths = [{literal(output)}]")
        con.execute("SET enable_external_access = false; SET lock_configuration = true")
        yield con


@contextmanager
def reading_by_contract(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for questions that the contract gave rise to: a release that lacks what it says is an old one."""
    with reading(database) as con:
        try:
            yield con
        except duckdb.Error as error:
            found = str(error).split("\n")[0]
            raise FmdataError(
                f"{database}: the built release is not what the contract says ({found}). Build it again."
            ) from None
