"""The commands about sources: anchoring them, comparing copies with them, tracing rows to them, and their coverage."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

import click

from fmdata import terminal
from fmdata.options import FORMAT, MEMORY_LIMIT, ROOT, fail

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("source_file", type=_FILE)
@FORMAT
@ROOT
def anchor(source_file: Path, form: str, root: Path) -> None:
    """Measure every place of a source in its captured text, and write what may be published of it.

    SOURCE_FILE is the text that was captured: the one whose SHA-256 the source's row names. The anchors and word runs
    go to raw/<source>/; commit them, and builds need the text no more.

    \b
    Examples:
      fmdata anchor ~/captures/article.txt
    """
    from fmdata.anchor import anchor
    from fmdata.errors import CheckError

    try:
        with terminal.progress() as progress:
            done = anchor(root.resolve(), source_file, progress)
    except CheckError as error:
        fail(error, form, "Nothing was written.")
    if form == "json":
        click.echo(json.dumps(asdict(done), ensure_ascii=False, indent=2))
        return
    click.echo(f"{done.source}: {done.places} places anchored, {done.values} strings found in them;")
    click.echo(f"{done.lines} lines, {done.runs} runs of words kept out.")
    for file in done.files:
        click.echo(file)


@click.command()
@click.argument("release", required=False)
@click.option("--source", "file", type=_FILE, help="Your own copy of a source, as plain text.")
@click.option("--source-id", help="Which source it is a copy of; without it, the one it has most places of.")
@FORMAT
@ROOT
@MEMORY_LIMIT
def verify(release: str | None, file: Path | None, source_id: str | None, form: str, root: Path, memory: int) -> None:
    """Verify a release from its files alone, or compare your own copy of a source with the built release.

    RELEASE is a released version, a folder or a zip: its sums, schema and keys are looked at, and whether CSV and
    DuckDB file say the same. With --source, every place and every value that rests on its words is looked for in your
    copy; line breaks, quotes, dashes, bullets and capitals do not count. Exit code 0 if all is well.

    \b
    Examples:
      fmdata verify dist/releases/1.0.0
      fmdata verify --source article.txt
      fmdata verify --source article.txt --format json | jq '.places[] | select(.state != "exact")'
    """
    if (release is None) == (file is None):
        raise click.UsageError("Name a release, or your copy of a source with --source.")
    if release is not None:
        _verify_release(release, form, root.resolve(), memory)
    assert file
    from fmdata import reports
    from fmdata.comparison import compare
    from fmdata.contract import load
    from fmdata.query import database

    root = root.resolve()
    package = load(root)
    found = compare(database(root), package, file, source_id)
    if form == "json":
        click.echo(json.dumps(reports.comparison_record(found), ensure_ascii=False, indent=2))
    else:
        reports.show_comparison(found)
    sys.exit(0 if found.whole else 1)


def _verify_release(place: str, form: str, root: Path, memory: int) -> NoReturn:
    from fmdata.independent import IndependentReader
    from fmdata.release import BESIDE, LEAST
    from fmdata.sql import interruptible, room
    from fmdata.verify_release import verify_release

    with (
        interruptible(),
        tempfile.TemporaryDirectory(prefix="fmdata-") as aside,
        IndependentReader() as reader,
        terminal.progress() as progress,
    ):
        space = room(memory, BESIDE, LEAST, Path(aside))
        found = verify_release(place, root, space, reader, progress)
    package, rows = found.release.package, sum(found.counts.values())
    if form == "json":
        told = {"name": package.name, "version": package.version, "content": f"sha256:{found.release.content}",
                "tables": len(found.counts), "rows": rows, "faults": found.faults}  # fmt: skip
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    elif found.faults:
        click.echo("\n".join(found.faults), err=True)
    else:
        words = "sums, schema and keys hold; CSV and DuckDB say the same"
        click.echo(f"{package.name} {package.version}: tables: {len(found.counts)}, rows: {rows:,}; {words}.")
    sys.exit(1 if found.faults else 0)


@click.command()
@click.argument("table")
@click.argument("key")
@click.argument("column", required=False)
@FORMAT
@ROOT
def trace(table: str, key: str, column: str | None, form: str, root: Path) -> None:
    """Show where a row stands in its source: each value, how it came about, by which words, and what is behind it.

    KEY is the row's key; the parts of a longer key are joined by a blank.

    \b
    Examples:
      fmdata trace TABLE KEY
      fmdata trace TABLE "PART ONE PART-TWO" COLUMN --format json
    """
    from fmdata import reports
    from fmdata.contract import load
    from fmdata.query import database
    from fmdata.trace import trace

    root = root.resolve()
    found = trace(database(root), load(root), table, key, column)
    if form == "json":
        click.echo(json.dumps(reports.trace_record(found), ensure_ascii=False, indent=2))
    else:
        reports.show_trace(found)


@click.command()
@FORMAT
@ROOT
def coverage(form: str, root: Path) -> None:
    """Show what became of every line of the sources: a bar a section, and each line that yields nothing, with a reason.

    \b
    Examples:
      fmdata coverage
      fmdata coverage --format json | jq .gaps
    """
    from fmdata import reports
    from fmdata.contract import load
    from fmdata.coverage import coverage
    from fmdata.query import database

    root = root.resolve()
    found = coverage(database(root), load(root))
    if form == "json":
        click.echo(json.dumps(reports.coverage_record(found), ensure_ascii=False, indent=2))
    else:
        reports.show_coverage(found)
