"""The commands. Parsing, printing and exit codes live here alone; the work is done in the modules below.

Exit codes: 0 clean, 1 the data or the run failed, 2 usage. Messages go to stderr, data to stdout.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fmdata import __version__

if TYPE_CHECKING:
    from fmdata.errors import Failure
    from fmdata.query import Answer, Table

_ROOT = click.option(
    "--root", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".", show_default="this folder",
    help="The project's folder: where its datapackage.json stands.",
)  # fmt: skip


class _Boundary(click.Group):
    """The one place where what a user caused becomes a message and exit 1."""

    def invoke(self, ctx: click.Context) -> Any:
        from fmdata.errors import FmdataError

        try:
            return super().invoke(ctx)
        except FmdataError as error:
            click.echo(f"Error: {error}", err=True)
        except BrokenPipeError:
            sys.stderr.close()
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            click.echo(f"Error: {place}{error.strerror or error}. Nothing was published.", err=True)
        ctx.exit(1)


@click.group(cls=_Boundary, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="fmdata")
def main() -> None:
    """Turn curated CSV extracts into a checked, citable, queryable release.

    \b
    Examples:
      fmdata build                            check everything, make dist/latest/
      fmdata query "FROM _release"            ask the release something
      fmdata tables                           see what is in it
    """


@main.command()
@_ROOT
def build(root: Path) -> None:
    """Check everything and make dist/latest/, whole or not at all.

    \b
    Examples:
      fmdata build
      fmdata build --root ../other-data
    """
    from fmdata.errors import CheckError
    from fmdata.release import build

    try:
        with _progress() as progress:
            release = build(root.resolve(), progress)
    except CheckError as error:
        _fail(error.failures, "text")
    rows = sum(release.counts.values())
    click.echo(f"{release.name} {release.version}: {len(release.counts)} tables, {rows:,} rows, checked and verified.")
    click.echo(f"content sha256:{release.content}")
    click.echo(str(release.folder))


@main.command()
@_ROOT
@click.option("--format", "form", type=click.Choice(["text", "json", "github"]), default="text", show_default=True,
              help="How failures are written: for people, for programs, or as GitHub annotations.")  # fmt: skip
def check(root: Path, form: str) -> None:
    """Do everything a build does, list every failure, publish nothing.

    \b
    Examples:
      fmdata check
      fmdata check --format json | jq '.[].file'
    """
    from fmdata.errors import CheckError, Failure, FmdataError
    from fmdata.release import check

    try:
        with _progress() as progress:
            release = check(root.resolve(), progress)
    except CheckError as error:
        _fail(error.failures, form)
    except FmdataError as error:
        if form == "text":
            raise
        _fail([Failure("", rule="error", found=str(error))], form)
    click.echo("[]" if form == "json" else f"{release.name} {release.version}: no failures.")


def _fail(failures: list[Failure], form: str) -> None:
    """Write the failures and exit 1. Machine formats are data and go to stdout."""
    if form == "json":
        from dataclasses import asdict

        click.echo(json.dumps([{**asdict(f), "message": str(f)} for f in failures], ensure_ascii=False, indent=2))
    elif form == "github":
        for f in failures:
            place = {"file": f.file, "line": f.line, "col": f.column, "title": f.rule}
            words = ",".join(f"{key}={_escaped(value, ',:')}" for key, value in place.items() if value)
            click.echo(f"::error {words}::{_escaped(f)}")
    else:
        for f in failures:
            click.echo(click.style(str(f), fg="red") if _colour(sys.stderr) else str(f), err=True)
    click.echo(f"{len(failures)} failure{'s' if len(failures) != 1 else ''}. Nothing was published.", err=True)
    sys.exit(1)


def _escaped(value: object, more: str = "") -> str:
    """Text as GitHub's workflow commands want it."""
    text = str(value)
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


@main.command()
@click.argument("sql", required=False)
@click.option("-f", "--file", type=click.Path(exists=True, dir_okay=False, allow_dash=True), help="Read the SQL here.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json", "markdown", "parquet"]), default="table",
              show_default=True, help="How the answer is written; parquet needs --output.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the answer to this file.")
@_ROOT
def query(sql: str | None, file: str | None, form: str, output: Path | None, root: Path) -> None:
    """Ask the built release one SELECT. It can read nothing else and write nothing.

    \b
    Examples:
      fmdata query "FROM _release"
      fmdata query "SELECT count(*) AS tables FROM duckdb_tables()" --format csv
      fmdata query -f question.sql --format parquet --output answer.parquet
    """
    from fmdata import query as queries

    if (sql is None) == (file is None):
        raise click.UsageError("Give the SQL either as an argument or with --file.")
    if form == "parquet" and output is None:
        raise click.UsageError("Parquet is no text: name a file with --output.")
    if form == "table" and output is not None:
        raise click.UsageError("The format table is for the screen; choose another one for --output.")
    text = sql if sql is not None else _read(str(file))
    database = queries.database(root.resolve())
    if form == "parquet" and output is not None:
        queries.ask_parquet(database, text, output)
        return
    answer = queries.ask(database, text)
    if form == "table":
        _show_answer(answer)
    elif output is not None:
        queries.write_text(queries.FORMATS[form](answer), output)
    else:
        click.echo(queries.FORMATS[form](answer))


@main.command()
@click.argument("name", required=False)
@_ROOT
def tables(name: str | None, root: Path) -> None:
    """Show what the built release holds, or the columns of one table, in its own words.

    \b
    Examples:
      fmdata tables
      fmdata tables _release
    """
    from fmdata import query as queries
    from fmdata.errors import FmdataError

    found = {table.name: table for table in queries.tables(queries.database(root.resolve()))}
    if name is not None and name not in found:
        raise FmdataError(f'there is no table "{name}"; expected one of {", ".join(found)}.')
    _show_tables([found[name]] if name is not None else list(found.values()), columns=name is not None)


def _read(file: str) -> str:
    from fmdata.errors import FmdataError

    try:
        with click.open_file(file, encoding="utf-8") as stream:
            return str(stream.read())
    except UnicodeDecodeError:
        raise FmdataError(f"{file}: not UTF-8 text; expected a file with one SELECT.") from None


def _show_answer(answer: Answer) -> None:
    from rich import box
    from rich.table import Table as Grid

    grid = Grid(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for index, column in enumerate(answer.columns):
        numbers = any(type(row[index]) in (int, float) for row in answer.rows)
        grid.add_column(_plain(column), justify="right" if numbers else "left", overflow="fold")
    for row in answer.rows:
        grid.add_row(*("" if value is None else _plain(str(value)) for value in row))
    _print(grid)


def _show_tables(found: list[Table], columns: bool) -> None:
    from rich import box
    from rich.table import Table as Grid

    grid = Grid(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    if not columns:
        for heading, side in (("table", "left"), ("rows", "right"), ("what it holds", "left")):
            grid.add_column(heading, justify=side)  # type: ignore[arg-type]
        for table in found:
            grid.add_row(table.name, "view" if table.rows is None else f"{table.rows:,}", _plain(table.words))
    else:
        click.echo(found[0].words)
        for heading in ("column", "type", "what it holds"):
            grid.add_column(heading)
        for column, kind, words in found[0].columns:
            grid.add_row(_plain(column), kind, _plain(words))
    _print(grid)


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _print(grid: object) -> None:
    """Print for the terminal's width; in a pipe, lines are as long as they need to be."""
    from rich.console import Console

    terminal = sys.stdout.isatty()
    console = Console(width=None if terminal else 10_000, highlight=False, no_color=not _colour(sys.stdout))
    with console.capture() as captured:
        console.print(grid)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def _colour(stream: Any) -> bool:
    import os

    return bool(stream.isatty()) and "NO_COLOR" not in os.environ


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """What is being done, on a terminal, once it has taken a second; silence in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    import threading

    from rich.console import Console

    console, begun, done = Console(stderr=True), time.monotonic(), threading.Event()
    doing = ["starting"]
    with console.status("") as status:
        status.stop()

        def show() -> None:
            if not done.wait(1):
                status.start()
            while not done.wait(0.2):
                status.update(f"{doing[0]} … {time.monotonic() - begun:.0f} s")

        watcher = threading.Thread(target=show, daemon=True)
        watcher.start()
        try:
            yield lambda stage: doing.__setitem__(0, stage)
        finally:
            done.set()
            watcher.join()
