"""The commands. Parsing, printing and exit codes live here alone; the work is done in the modules below.

Exit codes: 0 clean, 1 the data or the run failed, 2 usage. Messages go to stderr, data to stdout.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from fmdata import __version__, terminal
from fmdata.cite_commands import cite, resolve
from fmdata.curation_commands import add, correct
from fmdata.export_commands import export
from fmdata.history_commands import diff, release, version
from fmdata.options import MEMORY_LIMIT, ROOT, SQL_FILE, fail, sql_text
from fmdata.source_commands import anchor, coverage, trace, verify

if TYPE_CHECKING:
    from fmdata.contract import Package
    from fmdata.record import Release, Start

# Of numpy, the engine uses nothing that runs in threads; those of its linear algebra would spin beside the work.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


class _Boundary(click.Group):
    """The one place where what a user caused becomes a message and exit 1."""

    def invoke(self, ctx: click.Context) -> Any:
        from fmdata.errors import FmdataError

        if sys.stdout is None:
            # Closed by whoever called: there is nobody to tell, which is no reason to fail.
            sys.stdout = click.open_file(os.devnull, "w")
        try:
            return super().invoke(ctx)
        except FmdataError as error:
            click.echo(f"Error: {error}", err=True)
        except BrokenPipeError:
            # Whoever read standard output has had enough.
            sys.stderr.close()
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            click.echo(f"Error: {place}{error.strerror or error}.", err=True)
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
      fmdata trace TABLE KEY                  where a row stands in its source
      fmdata cite "SELECT …"                  cite what a query gives, so that it can be had again
      fmdata diff OLD NEW                     what changed, and the version that demands
      fmdata export --to xlsx                 the release as a workbook; or sqlite, parquet
      fmdata add TABLE                        enter a row, column by column
      fmdata correct TABLE KEY COLUMN VALUE --reason WHY
                                              correct a published value
    """


for command in (anchor, verify, trace, coverage, diff, export, version, release, cite, resolve, add, correct):
    main.add_command(command)


@main.command()
@ROOT
@click.option("--force", is_flag=True, help="Build even if nothing has changed.")
@click.option("--parquet", is_flag=True, help="Publish data/<table>.parquet beside data/<table>.csv.")
@MEMORY_LIMIT
@click.option("--engine", type=click.Choice(["local", "spark"]), default="local", show_default=True,
              help="Who does the work: this machine, or Apache Spark, which publishes Parquet.")  # fmt: skip
@click.option(
    "--master", help="For --engine spark: the cluster, as Spark names it. Without it, this machine's processors."
)
@click.option("--raw", help="For --engine spark: the URL of the folder raw/, if it is not in the project's folder.")
@click.option("--output", help="For --engine spark: the URL of the folder to make instead of dist/latest/.")
def build(
    root: Path,
    force: bool,
    parquet: bool,
    memory: int,
    engine: str,
    master: str | None,
    raw: str | None,
    output: str | None,
) -> None:
    """Check everything and make dist/latest/, whole or not at all; if nothing has changed since, say so.

    \b
    Examples:
      fmdata build
      fmdata build --root ../other-data
      fmdata build --force --parquet
      fmdata build --engine spark --master spark://host:7077
    """
    from fmdata.files import forget_report
    from fmdata.record import start, unchanged

    if engine != "spark" and (master or raw or output):
        raise click.UsageError("--master, --raw and --output are for --engine spark.")
    forget_report(root)
    if engine == "spark":
        given = click.get_current_context().get_parameter_source("memory")
        if parquet or force or given is ParameterSource.COMMANDLINE:
            raise click.UsageError("--force, --parquet and --memory-limit are for --engine local; Spark has its own.")
        on_spark = _build_on_spark(root.resolve(), master or "local[*]", raw, output)
        _tell(on_spark, "checked", output or str(on_spark.folder))
        return
    # Asked here, before the engine is loaded, which takes longer than to look at everything it would read.
    begun = start(root.resolve(), {"parquet": parquet})
    release = None if force else unchanged(begun)
    done = "unchanged, so not built again (--force builds it)"
    if release is None:
        release, done = _build(begun, memory, parquet), "checked and verified"
    _tell(release, done, str(release.folder))


def _tell(release: Release, done: str, place: str) -> None:
    tables, rows = len(release.counts), sum(release.counts.values())
    click.echo(f"{release.name} {release.version}: tables: {tables}, rows: {rows:,}; {done}.")
    for remark in release.remarks:
        click.echo(remark)
    click.echo(f"content sha256:{release.content}")
    click.echo(place)


def _build_on_spark(root: Path, master: str, raw: str | None, output: str | None) -> Release:
    from fmdata.errors import CheckError
    from fmdata.spark.session import expect_spark, session

    expect_spark(master)
    from fmdata.spark.build import build, prepared

    try:
        package = prepared(root)
        with session(master) as spark, terminal.progress() as progress:
            return build(spark, package, progress, raw, output)
    except CheckError as error:
        fail(error, "text")


def _build(begun: Start, memory: int, parquet: bool) -> Release:
    from fmdata.errors import CheckError
    from fmdata.independent import IndependentReader
    from fmdata.loading import loading

    try:
        # It loads what it needs while the engine is loaded here.
        with IndependentReader() as reader:
            with loading():
                from fmdata.release import build
            with terminal.progress() as progress:
                return build(begun.root, progress, memory, begun, parquet, reader)
    except CheckError as error:
        fail(error, "text")


@main.command()
@ROOT
@click.option("--format", "form", type=click.Choice(["text", "json", "github"]), default="text", show_default=True,
              help="How failures are written: for people, for programs, or as GitHub annotations.")  # fmt: skip
@click.option(
    "--data-only",
    is_flag=True,
    help="Check rows, keys and places alone. No release is made aside: views, questions and rights are not looked at.",
)
@MEMORY_LIMIT
def check(root: Path, form: str, data_only: bool, memory: int) -> None:
    """Do everything a build does, list every failure, publish nothing.

    \b
    Examples:
      fmdata check
      fmdata check --data-only
      fmdata check --format json | jq '.[].file'
    """
    from fmdata.errors import CheckError, Failure, FmdataError
    from fmdata.files import forget_report

    forget_report(root)
    try:
        checked = (_check_data if data_only else _check)(root.resolve(), memory)
    except CheckError as error:
        fail(error, form)
    except FmdataError as error:
        if form == "text":
            raise
        fail(CheckError([Failure("", rule="error", found=str(error))]), form)
    click.echo("[]" if form == "json" else f"{checked.name} {checked.version}: no failures.")


def _check(root: Path, memory: int) -> Release:
    from fmdata.independent import IndependentReader
    from fmdata.loading import loading

    with IndependentReader() as reader:
        with loading():
            from fmdata.release import check
        with terminal.progress() as progress:
            return check(root, progress, memory, reader)


def _check_data(root: Path, memory: int) -> Package:
    from fmdata.loading import loading

    with loading():
        from fmdata.release import check_data
    with terminal.progress() as progress:
        return check_data(root, progress, memory)


@main.command()
@click.argument("sql", required=False)
@SQL_FILE
@click.option("--format", "form", type=click.Choice(["table", "csv", "json", "markdown", "parquet"]), default="table",
              show_default=True, help="How the answer is written; parquet needs --output.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the answer to this file.")
@ROOT
def query(sql: str | None, file: str | None, form: str, output: Path | None, root: Path) -> None:
    """Ask the built release one SELECT. It can read nothing else and write nothing.

    \b
    Examples:
      fmdata query "FROM _release"
      fmdata query "SELECT count(*) AS tables FROM duckdb_tables()" --format csv
      fmdata query -f question.sql --format parquet --output answer.parquet
    """
    from fmdata import query as queries

    text = sql_text(sql, file)
    if form == "parquet" and output is None:
        raise click.UsageError("Parquet is no text: name a file with --output.")
    if form == "table" and output is not None:
        raise click.UsageError("The format table is for the screen; choose another one for --output.")
    database = queries.database(root.resolve())
    if form == "parquet" and output is not None:
        queries.ask_parquet(database, text, output)
        return
    answer = queries.ask(database, text)
    if form == "table":
        terminal.show_answer(answer)
    elif output is not None:
        queries.write_text(queries.FORMATS[form](answer), output)
    else:
        click.echo(queries.FORMATS[form](answer))


@main.command()
@click.argument("name", required=False)
@ROOT
def tables(name: str | None, root: Path) -> None:
    """Show what the built release holds, or the columns of one table, in its own words.

    \b
    Examples:
      fmdata tables
      fmdata tables _release
    """
    from fmdata.catalog import tables as catalog
    from fmdata.errors import FmdataError
    from fmdata.query import database

    found = {table.name: table for table in catalog(database(root.resolve()))}
    if name is not None and name not in found:
        raise FmdataError(f'there is no table "{name}"; expected one of {", ".join(found)}.')
    terminal.show_tables([found[name]] if name is not None else list(found.values()), columns=name is not None)
