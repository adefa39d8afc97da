"""The commands about versions: what changed from one release to another."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fmdata import terminal
from fmdata.options import MEMORY_LIMIT, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fmdata.history import Difference, Minimum

# What Python and its modules need beside DuckDB, and what DuckDB needs at least, in bytes.
_BESIDE, _LEAST = 250_000_000, 150_000_000
_FORMS = ("text", "json", "csv", "html", "markdown")


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--format", "form", type=click.Choice(_FORMS), default="text", show_default=True,
              help="For people, the first rows of each table, or for programs (json, csv) all.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the answer to this file.")
@click.option("--limit", type=click.IntRange(min=0), default=20, show_default=True,
              help="How many rows of each table people are shown.")  # fmt: skip
@click.option("--exit-code", is_flag=True, help="Exit with 1 if there are differences.")
@ROOT
@MEMORY_LIMIT
def diff(
    old: str, new: str, form: str, output: Path | None, limit: int, exit_code: bool, root: Path, memory: int
) -> None:
    """Show what changed from one release to another, and the least version that it demands.

    OLD and NEW are released versions, "latest" for the current build, folders or zips. Rows are compared by primary
    key, cell by cell; the order of rows does not count.

    \b
    Examples:
      fmdata diff 1.0.0 latest
      fmdata diff old.zip new.zip --format html --output changes.html
      fmdata diff 1.0.0 1.1.0 --format json | jq .minimum
    """
    from fmdata.history import difference, minimum, opened
    from fmdata.query import write_lines
    from fmdata.sql import connect, interruptible, room

    with interruptible(), tempfile.TemporaryDirectory(prefix="fmdata-") as aside:
        scratch = Path(aside)
        with (
            opened(old, root.resolve(), scratch) as before,
            opened(new, root.resolve(), scratch) as after,
            connect(room(memory, _BESIDE, _LEAST, scratch)) as con,
        ):
            with terminal.progress() as progress:
                found = difference(con, before, after, progress)
            answer = _written(found, minimum(before.version, found), form, limit)
            if output is not None:
                write_lines(answer, output)
            else:
                for line in answer:
                    click.echo(line)
            differs = bool(found)
    sys.exit(1 if exit_code and differs else 0)


def _written(found: Difference, least: Minimum, form: str, limit: int) -> Iterator[str]:
    from fmdata.history.machine import as_csv, as_json
    from fmdata.history.page import as_html
    from fmdata.history.text import as_markdown, as_text

    if form == "json":
        return as_json(found, least)
    if form == "csv":
        return as_csv(found)
    return {"text": as_text, "markdown": as_markdown, "html": as_html}[form](found, least, limit)
