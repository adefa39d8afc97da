"""What the commands share: options for the project's folder, for SQL and for a date, and telling failures."""

from __future__ import annotations

import datetime
import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from fmdata import terminal

if TYPE_CHECKING:
    from fmdata.errors import CheckError

ROOT = click.option(
    "--root", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".", show_default="this folder",
    help="The project's folder: where its datapackage.json stands.",
)  # fmt: skip
FORMAT = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="For people or for programs.",
)  # fmt: skip
DATE = click.option("--date", help="The date, YYYY-MM-DD. Without it, SOURCE_DATE_EPOCH tells it.")
_UNITS = {"MB": 10**6, "GB": 10**9, "MiB": 1 << 20, "GiB": 1 << 30}


class Bytes(click.ParamType[int]):
    """A size such as 800MB or 1.5GiB, as a number of bytes."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) ?(MB|GB|MiB|GiB)", str(value))
        if match is None:
            self.fail(f"{value!r} is not a size; expected a number and MB, GB, MiB or GiB, e.g. 1.5GB.", param, ctx)
        # Longer numbers are beyond any machine, and beyond what a float can hold.
        if len(match[1]) > 6:
            self.fail(f"{value!r} is more than any machine has; expected a size such as 1.5GB.", param, ctx)
        return int(float(match[1]) * _UNITS[match[2]])


MEMORY_LIMIT = click.option(
    "--memory-limit", "memory", type=Bytes(), default="1.4GB", show_default=True,
    help="The most memory the run may use; what does not fit goes to temporary files.",
)  # fmt: skip


SQL_FILE = click.option(
    "-f", "--file", type=click.Path(exists=True, dir_okay=False, allow_dash=True), help="Read the SQL here."
)


def sql_text(sql: str | None, file: str | None) -> str:
    """The SQL that was given as an argument or in a file. Raises `FmdataError` for a file that is not UTF-8."""
    if (sql is None) == (file is None):
        raise click.UsageError("Give the SQL either as an argument or with --file.")
    text = sql if sql is not None else _read(str(file))
    if not text.isascii() and text != text.encode("utf-8", "replace").decode("utf-8"):
        raise click.UsageError("The SQL is not UTF-8 text.")
    return text


def _read(file: str) -> str:
    from fmdata.errors import FmdataError

    try:
        with click.open_file(file, encoding="utf-8") as stream:
            return str(stream.read())
    except UnicodeDecodeError:
        raise FmdataError(f"{file}: not UTF-8 text; expected a file with one SELECT.") from None


def dated(date: str | None) -> str:
    """The date that was given, or that of SOURCE_DATE_EPOCH. Raises `FmdataError` for one that is none."""
    from fmdata.changelog import day
    from fmdata.errors import FmdataError

    if date is not None:
        return day(date, "--date")
    stamp = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not stamp.isdecimal():
        raise click.UsageError("Which date? Give it with --date, or set SOURCE_DATE_EPOCH to seconds since 1970.")
    try:
        return datetime.datetime.fromtimestamp(int(stamp), datetime.UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        raise FmdataError(f"SOURCE_DATE_EPOCH: {stamp} is beyond the years there are.") from None


def fail(error: CheckError, form: str, ending: str = "Nothing was published.") -> NoReturn:
    """Write the failures and exit 1. Machine formats are data and go to stdout."""
    if form == "json":
        told = [{**failure._asdict(), "message": str(failure)} for failure in error.failures]
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    elif form == "github":
        for f in error.failures:
            place = {"file": f.file, "line": f.line, "col": f.column, "title": f.rule}
            words = ",".join(f"{key}={_escaped(value, ',:')}" for key, value in place.items() if value)
            click.echo(f"::error {words}::{_escaped(f)}")
    else:
        for f in error.failures:
            click.echo(click.style(str(f), fg="red") if terminal.colored(sys.stderr) else str(f), err=True)
    number = error.counts.total()
    click.echo(f"{number:,} failure{'s' if number != 1 else ''}. {_rest(error)}{ending}", err=True)
    sys.exit(1)


def _rest(error: CheckError) -> str:
    """Where to find the failures that are not shown, and how many there are of each rule."""
    if not error.file:
        return ""
    counts = ", ".join(f"{rule} {number:,}" for rule, number in error.counts.most_common())
    return f"By rule: {counts}. The first {len(error.failures):,} are shown; all are in {error.file}. "


def _escaped(value: object, more: str = "") -> str:
    """Text as GitHub's workflow commands want it."""
    text = str(value)
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text
