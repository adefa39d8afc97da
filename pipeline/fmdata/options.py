"""What the commands share: the option for the project's folder, and telling failures."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from fmdata import terminal

if TYPE_CHECKING:
    from fmdata.errors import Failure

ROOT = click.option(
    "--root", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".", show_default="this folder",
    help="The project's folder: where its datapackage.json stands.",
)  # fmt: skip
FORMAT = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="For people or for programs.",
)  # fmt: skip


def fail(failures: list[Failure], form: str, ending: str = "Nothing was published.") -> NoReturn:
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
            click.echo(click.style(str(f), fg="red") if terminal.colored(sys.stderr) else str(f), err=True)
    click.echo(f"{len(failures)} failure{'s' if len(failures) != 1 else ''}. {ending}", err=True)
    sys.exit(1)


def _escaped(value: object, more: str = "") -> str:
    """Text as GitHub's workflow commands want it."""
    text = str(value)
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text
