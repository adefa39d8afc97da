"""The commands about citing: what a query gave, the dataset and its parts, and whether a citation still holds."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fmdata import terminal
from fmdata.options import FORMAT, MEMORY_LIMIT, ROOT, SQL_FILE, sql_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fmdata.citing.cite import Limits
    from fmdata.citing.resolve import Resolved

_FORMS = ("text", "json", "bibtex", "biblatex", "csl", "ris")
_DAY = 86_400


def _seconds(context: click.Context, parameter: click.Parameter, value: float) -> float:
    # No range keeps out what is no number.
    if not 0 < value <= _DAY:
        raise click.BadParameter(f"{value:g} is not a time; expected seconds, above 0 and at most {_DAY:,}.")
    return value


_TIMEOUT = click.option(
    "--timeout", type=float, callback=_seconds, default=60, show_default=True,
    help="How many seconds the query may take, each time it is run.",
)  # fmt: skip
# By how a citation resolved, the exit code; of several, the worst counts, the first here.
_CODES = {"failed": 1, "changed": 1, "missing": 3, "identical": 0}


@click.command()
@click.argument("sql", required=False)
@SQL_FILE
@click.option("--table", help="Cite a table.")
@click.option("--row", nargs=2, metavar="TABLE KEY", help="Cite a row, by the parts of its key joined by blanks.")
@click.option("--release", "place", default="latest", show_default=True, help="The release that is asked or cited.")
@click.option(
    "--style", default="apa", show_default=True, help="A style of the Citation Style Language, e.g. vancouver."
)
@click.option("--format", "form", type=click.Choice(_FORMS), default="text", show_default=True,
              help="For people, or for programs: the record (json), or what reference managers read.")  # fmt: skip
@_TIMEOUT
@MEMORY_LIMIT
@ROOT
def cite(
    sql: str | None, file: str | None, table: str | None, row: tuple[str, str] | None, place: str, style: str,
    form: str, timeout: float, memory: int, root: Path,
) -> None:  # fmt: skip
    """Cite what one SELECT gives, so that anyone can get the same rows again; without one, the dataset or a part.

    The query is asked of a released version, and may read nothing else. It must have a stable answer: one that is
    the same whatever the order of rows. The works that contributed rows are credited. The citation is kept in
    citations/<id>.json with a page beside it; the same query of the same release has the same id.

    \b
    Examples:
      fmdata cite
      fmdata cite "SELECT count(*) AS tables FROM _dictionary" --release 1.0.0
      fmdata cite -f question.sql --format bibtex
      fmdata cite --table TABLE --style vancouver
    """
    if sum(given is not None for given in (sql, file, table, row)) > 1 and not (sql is not None and file is not None):
        raise click.UsageError("Cite one thing: a query, a table or a row.")
    # Asked before the query is: a style that is not known would come to light when all else is done.
    from fmdata.citing.parts import expect_style

    expect_style(style)
    if sql is None and file is None:
        _cite_part(root.resolve(), place, table, row, style, form)
        return
    from fmdata.citing.cite import cite as cite_query
    from fmdata.citing.text import as_text

    text = sql_text(sql, file)
    with terminal.progress() as progress:
        record = cite_query(root.resolve(), text, place, _limits(memory, timeout), progress)
    if form == "text":
        click.echo("\n".join(as_text(record, style)))
    elif form == "json":
        click.echo(json.dumps(record, ensure_ascii=False, indent=2))
    else:
        _say(form, [record["item"], *record["references"]])


def _cite_part(root: Path, place: str, table: str | None, row: tuple[str, str] | None, style: str, form: str) -> None:
    from fmdata.citing.parts import part
    from fmdata.references.styles import bibliography

    item = part(root, place, table, row)
    if form == "text":
        click.echo(bibliography([item], style)[0])
        if note := item.get("note"):
            click.echo(f"\n{note}")
    elif form == "json":
        click.echo(json.dumps(item, ensure_ascii=False, indent=2))
    else:
        _say(form, [item])


def _say(form: str, items: list[dict[str, Any]]) -> None:
    """Print items as reference managers read them."""
    from fmdata.references import FORMATS

    click.echo(FORMATS[form](items).rstrip("\n"))


def _limits(memory: int, timeout: float) -> Limits:
    from fmdata.citing.cite import Limits

    return Limits(memory, timeout)


@click.command()
@click.argument("id", required=False)
@click.option("--all", "every", is_flag=True, help="Resolve all citations of the project.")
@click.option("--limit", type=click.IntRange(min=0), default=20, show_default=True,
              help="How many rows that differ people are shown.")  # fmt: skip
@FORMAT
@_TIMEOUT
@MEMORY_LIMIT
@ROOT
def resolve(id: str | None, every: bool, limit: int, form: str, timeout: float, memory: int, root: Path) -> None:
    """Run a citation's query again against the archived release, and tell whether each row is the same.

    Exit codes: 0 identical, 1 changed or not to be resolved, 3 the release is missing, 2 usage. Of all citations, the
    first of 1 and 3 that applies.

    \b
    Examples:
      fmdata resolve 0123456789abcdef
      fmdata resolve --all
      fmdata resolve --all --format json | jq '.[] | select(.status != "identical")'
    """
    from fmdata.citing.record import known
    from fmdata.citing.resolve import resolve as resolve_one

    if (id is None) != every:
        raise click.UsageError("Name one citation, or ask for --all.")
    root, limits = root.resolve(), _limits(memory, timeout)
    # What is wrong with the one that was asked for is an error; of many, it is told among the others.
    results = [_safely(root, own, limits) for own in known(root)] if every else [resolve_one(root, str(id), limits)]
    if form == "json":
        told = [_record(result) for result in results]
        click.echo(json.dumps(told if every else told[0], ensure_ascii=False, indent=2))
    else:
        for line in _lines(results, limit, every):
            click.echo(line)
    there = {result.status for result in results}
    sys.exit(next((code for status, code in _CODES.items() if status in there), 0))


def _safely(root: Path, own: str, limits: Limits) -> Resolved:
    """What became of one of many, whatever is wrong with its record."""
    from fmdata.citing.resolve import FAILED, Resolved, resolve
    from fmdata.errors import FmdataError

    try:
        return resolve(root, own, limits)
    except FmdataError as error:
        return Resolved(own, FAILED, str(error))


def _record(result: Resolved) -> dict[str, Any]:
    rows = {word: [json.loads(row) for row in found] for word, found in (("gone", result.gone), ("new", result.new))}
    return {"id": result.id, "status": result.status, "words": result.words, **rows}


def _lines(results: list[Resolved], limit: int, every: bool) -> Iterator[str]:
    for result in results:
        yield f"{result.id}  {result.status}: {result.words}"
        for sign, rows in (("-", result.gone), ("+", result.new)):
            yield from (f"  {sign} {row}" for row in rows[:limit])
            if len(rows) > limit:
                yield f"  {sign} {len(rows) - limit:,} more"
    if every:
        same = sum(result.status == "identical" for result in results)
        yield f"{len(results):,} citation{'s' * (len(results) != 1)}, {same:,} identical."
