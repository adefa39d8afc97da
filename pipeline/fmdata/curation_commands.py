"""The commands for curators: entering rows, and correcting what is published."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fmdata import terminal
from fmdata.options import DATE, FORMAT, MEMORY_LIMIT, ROOT, dated, fail

if TYPE_CHECKING:
    from fmdata.contract import Field, Package, Resource
    from fmdata.entries import Entered
    from fmdata.proposal import Proposal

DRY_RUN = click.option("--dry-run", is_flag=True, help="Show the same, write nothing.")
FOLDER = click.option("--folder", help="The folder below raw/ to write in, where a table has a file in several.")
LIMIT = click.option("--limit", type=click.IntRange(min=0), default=20, show_default=True,
                     help="How many rows of each table people are shown.")  # fmt: skip


@click.command()
@click.argument("table")
@click.option(
    "--set", "pairs", multiple=True, metavar="COLUMN=VALUE", help="The value of a column; as often as needed."
)
@FOLDER
@click.option("--source", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="The captured text, to anchor places and words that no row had before.")  # fmt: skip
@DRY_RUN
@LIMIT
@FORMAT
@ROOT
@MEMORY_LIMIT
def add(
    table: str, pairs: tuple[str, ...], folder: str | None, source: Path | None, dry_run: bool, limit: int, form: str,
    root: Path, memory: int,
) -> None:  # fmt: skip
    """Enter a row of an extract, where its order wants it, after a whole release was made of it and checked aside.

    On a terminal each column is explained and asked for. In a pipe, rows are JSON on standard input: one object, an
    array of objects, or one object a line; all of them are entered, or none. With --set, neither is looked at. A column
    that is left out is blank.

    \b
    Examples:
      fmdata add TABLE
      fmdata add TABLE --set COLUMN=VALUE --set OTHER=VALUE --dry-run
      fmdata add TABLE --folder SOURCE --source article.txt < rows.jsonl
    """
    from fmdata.contract import load
    from fmdata.entries import entered, file_of, read_extract
    from fmdata.extracts import manifest

    package = load(root.resolve())
    resource = _extract(raw := manifest(package), table)
    file = file_of(package.root, raw, resource, folder)
    text = read_extract(package.root, file)
    made = entered(resource, file, text, _rows(resource, pairs))
    with _proposed(package, made, source, form, memory) as proposal:
        if not dry_run:
            proposal.write()
        from fmdata import consequences

        if form == "json":
            lines = [_json(consequences.as_record(proposal, made, dry_run))]
        else:
            lines = [*consequences.as_text(proposal, made, dry_run, limit)]
    click.echo("\n".join(lines))


@click.command()
@click.argument("table")
@click.argument("key")
@click.argument("column")
@click.argument("value", required=False)
@click.option("--blank", is_flag=True, help='There is no value: the same as the value "".')
@click.option("--reason", required=True, help="Why the published value is wrong.")
@click.option("--evidence", help="What shows it: a URL, a place in a source.")
@click.option("--by", help="Who reported it; without it, the first contributor of the contract.")
@click.option("--role", default="curator", show_default=True, help="What they are to the data.")
@DATE
@click.option("--status", default="accepted", show_default=True, help="Only what is accepted is applied.")
@click.option("--supersede", is_flag=True, help="Let it take the place of an accepted correction of the same cell.")
@FOLDER
@DRY_RUN
@LIMIT
@FORMAT
@ROOT
@MEMORY_LIMIT
def correct(
    table: str, key: str, column: str, value: str | None, blank: bool, reason: str, evidence: str | None,
    by: str | None, role: str, date: str | None, status: str, supersede: bool, folder: str | None, dry_run: bool,
    limit: int, form: str, root: Path, memory: int,
) -> None:  # fmt: skip
    """Enter a correction of a published cell, after a whole release was made with it and checked aside.

    KEY is the row's key; the parts of a longer key are joined by a blank. The value that is wrong is the one in
    dist/latest/. Put -- before TABLE if VALUE begins with -.

    \b
    Examples:
      fmdata correct TABLE KEY COLUMN VALUE --reason "Misread." --date 2026-01-31
      fmdata correct TABLE KEY COLUMN --blank --reason "Not said there." --dry-run
    """
    from fmdata.about import about
    from fmdata.contract import load
    from fmdata.contract.roles import CORRECTION
    from fmdata.correcting import correction

    if (value is None) != blank:
        raise click.UsageError("Which value? Give it after the column, or say --blank.")
    package = load(root.resolve())
    by = by or about(package).creators[0].name
    words = dict(zip(CORRECTION[5:], (reason, evidence, dated(date), by, role, status), strict=True))
    cell = table, key, column
    found = correction(package, cell, value or None, words, folder, supersede)
    with _proposed(package, found.entered, None, form, memory) as proposal:
        if not dry_run:
            proposal.write()
        from fmdata import consequences

        line = consequences.changelog_line(proposal, cell)
        if form == "json":
            told = consequences.as_record(proposal, found.entered, dry_run)
            lines = [_json({**told, "superseded_line": found.superseded, "changelog": line})]
        else:
            told_of_rows = consequences.as_text(proposal, found.entered, dry_run, limit)
            lines = [*told_of_rows, *consequences.as_changelog(proposal, line)]
    click.echo("\n".join(lines))


def _json(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, indent=2)


def _extract(raw: Package, table: str) -> Resource:
    """The extract that rows may be entered in. Raises `FmdataError` for any other name."""
    from fmdata.contract.roles import WRITTEN
    from fmdata.errors import FmdataError, quote

    extracts = {resource.name: resource for resource in raw if resource.role not in WRITTEN}
    if table not in extracts:
        found = f"there is no extract {quote(table)} to enter rows in"
        raise FmdataError(f"{found}; expected one of {', '.join(extracts)}.")
    return extracts[table]


@contextmanager
def _proposed(package: Package, made: Entered, source: Path | None, form: str, memory: int) -> Iterator[Proposal]:
    """The project with what is entered; what is wrong with it ends the command."""
    from fmdata.errors import CheckError
    from fmdata.files import forget_report
    from fmdata.independent import IndependentReader
    from fmdata.loading import loading

    forget_report(package.root)
    with IndependentReader() as reader:
        with loading():
            from fmdata.proposal import UNANCHORED, proposed
        try:
            with (
                terminal.progress() as progress,
                proposed(package, {made.file: made.text}, source, progress, memory, reader) as found,
            ):
                yield found
        except CheckError as error:
            ending = "Nothing was written; lines are those of the file with the new rows in it."
            if source is None and error.counts.keys() <= UNANCHORED:
                ending = f"Give the captured text with --source, so that what is new in it is anchored. {ending}"
            fail(error, form, ending)


def _rows(resource: Resource, pairs: tuple[str, ...]) -> list[dict[str, str | None]]:
    """The rows to enter: from options, from a terminal, or from a pipe."""
    from fmdata.given import given

    if pairs:
        return [_set(resource, pairs)]
    if sys.stdin is not None and sys.stdin.isatty():
        return [{field.name: _asked(resource, field) for field in resource.fields}]
    data = sys.stdin.buffer.read() if sys.stdin is not None else b""
    if not data.strip():
        raise click.UsageError("No row: give columns with --set, or JSON on standard input, or run it on a terminal.")
    return given(resource, data)


def _set(resource: Resource, pairs: tuple[str, ...]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for pair in pairs:
        column, sign, value = pair.partition("=")
        if not sign or column not in resource.names():
            expected = ", ".join(resource.names())
            raise click.UsageError(f"--set {pair!r}: expected COLUMN=VALUE, the column one of {expected}.")
        if column in found:
            raise click.UsageError(f"--set {pair!r}: the column {column} is set twice.")
        found[column] = value
    return found


def _asked(resource: Resource, field: Field) -> str | None:
    """Explain a column and ask for its value until it is one; None for a blank."""
    from fmdata.cell_checks import wrong_with
    from fmdata.writers.dictionary import constraint_words

    kind = " ".join(filter(None, [field.type, f"({field.words('unit')})" if field.words("unit") else ""]))
    title = f"{field.words('title')}: " if field.words("title") else ""
    click.echo(f"\n{click.style(field.name, bold=True)}  {title}{field.words('description')}".rstrip(), err=True)
    click.echo(f"  {'; '.join(filter(None, [kind, constraint_words(resource, field)]))}", err=True)
    if field.words("blank"):
        click.echo(f"  Blank: {field.words('blank')}", err=True)

    def checked(answer: str) -> str | None:
        text = answer or None
        if wrong := wrong_with(resource, field, text):
            raise click.BadParameter(" ".join(wrong))
        return text

    answer: str | None = click.prompt(field.name, default="", show_default=False, value_proc=checked, err=True)
    return answer
