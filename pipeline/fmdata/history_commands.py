"""The commands about versions: what changed from one release to another."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fmdata import terminal
from fmdata.options import DATE, FORMAT, MEMORY_LIMIT, ROOT, dated, fail

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


@click.command()
@FORMAT
@ROOT
@MEMORY_LIMIT
def version(form: str, root: Path, memory: int) -> None:
    """Show the declared version, the newest release, and the least version that what changed since asks for, and why.

    It is told of the current build: build first.

    \b
    Examples:
      fmdata version
      fmdata version --format json | jq -r .minimum.version
    """
    from fmdata.history import difference, minimum, opened
    from fmdata.history.machine import record
    from fmdata.history.releases import released
    from fmdata.history.text import reasons
    from fmdata.sql import connect, interruptible, room

    versions = released(root := root.resolve())
    with interruptible(), tempfile.TemporaryDirectory(prefix="fmdata-") as aside:
        scratch = Path(aside)
        with opened("latest", root, scratch) as now, connect(room(memory, _BESIDE, _LEAST, scratch)) as con:
            told: dict[str, Any] = {"current": str(now.version), "released": None, "minimum": None}
            lines = [f"current   {now.version}", "released  nothing yet", "minimum   any version: there is no release"]
            if versions:
                with opened(str(versions[-1]), root, scratch) as last:
                    found = difference(con, last, now)
                    least = minimum(last.version, found)
                told |= {"released": str(last.version), "minimum": record(found, least)["minimum"]}
                lines = [lines[0], f"released  {last.version}", f"minimum   {least.version} ({least.bump})"]
                lines += ["", *reasons(least)] if least.reasons else []
    click.echo(json.dumps(told, ensure_ascii=False, indent=2) if form == "json" else "\n".join(lines))


@click.command()
@DATE
@click.option("--doi", help="The DOI that is reserved for this version; it goes into CHANGELOG.md and all metadata.")
@click.option("--parquet", is_flag=True, help="With Parquet files in the zip, as for `fmdata build`.")
@ROOT
@MEMORY_LIMIT
def release(date: str | None, doi: str | None, parquet: bool, root: Path, memory: int) -> None:
    """Freeze the declared version in dist/releases/<version>/, for good: zip, DuckDB file, changes and checksums.

    What is unreleased in CHANGELOG.md goes under the version and its date, with what changed in the data. Commit
    CHANGELOG.md and dist/ afterwards: whoever builds that commit gets the same bytes.

    \b
    Examples:
      fmdata release --date 2026-01-31
      fmdata release --date 2026-01-31 --doi 10.5281/zenodo.1234567
      SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) fmdata release
    """
    from fmdata import changelog
    from fmdata.errors import CheckError
    from fmdata.freeze import freeze

    when, named = dated(date), changelog.doi(doi, "--doi") if doi is not None else ""
    try:
        with terminal.progress() as progress:
            done = freeze(root.resolve(), when, progress, memory, parquet, named)
    except CheckError as error:
        fail(error, "text", "Nothing was released.")
    click.echo(f"{done.version}, {done.date}: released{f', DOI {named}' if named else ''}.")
    for line in done.changes:
        click.echo(line)
    click.echo(str(done.folder))
