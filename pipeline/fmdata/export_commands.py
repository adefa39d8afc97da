"""The command that writes a release once more, in another format."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import click

from fmdata import terminal
from fmdata.options import MEMORY_LIMIT, ROOT

# What Python and its modules need beside DuckDB, and what DuckDB needs at least, in bytes.
_BESIDE, _LEAST = 250_000_000, 150_000_000


@click.command()
@click.option("--to", "form", type=click.Choice(["sqlite", "xlsx", "parquet", "ro-crate"]), required=True,
              help="An SQLite file, an Excel workbook, a folder of Parquet files, or an RO-Crate.")  # fmt: skip
@click.option("--release", "place", default="latest", show_default=True,
              help='A released version, "latest" for the current build, a folder or a zip.')  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write it here, in place of an earlier one.")
@ROOT
@MEMORY_LIMIT
def export(form: str, place: str, output: Path | None, root: Path, memory: int) -> None:
    """Write a release as an SQLite file, an Excel workbook, Parquet files or an RO-Crate, whole or not at all.

    Values do not change on the way; what a format cannot hold is refused. Without --output it goes to this folder,
    under the name and version of the data.

    \b
    Examples:
      fmdata export --to xlsx
      fmdata export --to sqlite --release 1.0.0 --output data.sqlite
      fmdata export --to parquet --release fmdata-1.0.0.zip
    """
    from fmdata.exports import default_name
    from fmdata.exports import export as write
    from fmdata.history import opened, whole
    from fmdata.sql import interruptible, room

    with interruptible(), tempfile.TemporaryDirectory(prefix="fmdata-") as aside:
        scratch = Path(aside)
        with opened(place, root.resolve(), scratch) as release, terminal.progress() as progress:
            target = output or Path(default_name(release.package, form))
            files = partial(whole, place, root.resolve(), scratch / "whole")
            write(release, form, target, files, room(memory, _BESIDE, _LEAST, scratch), progress)
            tables, rows = len(release.package.resources), sum(map(release.rows, release.hashes))
            named = f"{release.package.name} {release.version}"
    click.echo(f"{named}: tables: {tables}, rows: {rows:,}.")
    click.echo(str(target))
