"""CHANGELOG.md, in the manner of Keep a Changelog: the one place where the date of a release is written.

A version's part begins with `## [1.2.0] - 2026-11-26`, what comes next with `## [Unreleased]`. Other lines are words
for people, and stay as they are.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from fmdata.errors import FmdataError

FILE = "CHANGELOG.md"
UNRELEASED = "Unreleased"
_HEADING = re.compile(r"^## +\[?(?P<name>[^\]\s]+)\]?(?: +- +(?P<date>\S+))?\s*$")
_PART = re.compile(r"## ")
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day(text: str, where: str) -> str:
    """A date as it is written, YYYY-MM-DD. Raises `FmdataError`, naming `where`, for anything else."""
    try:
        if _DAY.fullmatch(text):
            return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise FmdataError(f'{where}: "{text}" is not a date; expected YYYY-MM-DD, e.g. 2026-01-31.')


def dates(root: Path) -> dict[str, str]:
    """The date of each version that has one, in the order of the file. Raises `FmdataError` for one that is none."""
    found: dict[str, str] = {}
    for number, name, date in _headings(read(root)):
        # Other parts are words for people.
        if date is None or not _VERSION.match(name):
            continue
        if name in found:
            raise FmdataError(f"{FILE}:{number}: the version {name} has a part already. Make one of the two.")
        found[name] = day(date, f"{FILE}:{number}")
    return found


def read(root: Path) -> str:
    """The text of the changelog of a project. Raises `FmdataError` when there is none, or it is not UTF-8."""
    try:
        return (root / FILE).read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise FmdataError(f"{FILE}: there is no such file in {root}; a release needs it. Add it.") from None
    except UnicodeDecodeError as error:
        raise FmdataError(f"{FILE}: not UTF-8 text ({error.reason}, byte {error.start}). Save it as UTF-8.") from None


def with_release(text: str, version: str, date: str, data: Sequence[str]) -> str:
    """The changelog with what was unreleased under the heading of a version, and in it a part *Data* of some lines.

    Raises `FmdataError` where there is no part for what is unreleased, where it has a part *Data* of its own, or where
    the version has one already.
    """
    lines = text.split("\n")
    parts = {name: number for number, name, _ in _headings(text)}
    if version in parts:
        raise FmdataError(f"{FILE}:{parts[version]}: the version {version} has a part already; expected none yet.")
    if UNRELEASED not in parts:
        raise FmdataError(f"{FILE}: there is no heading ## [{UNRELEASED}]; expected one above what is to be released.")
    start = parts[UNRELEASED]
    end = next((number for number in range(start, len(lines)) if _PART.match(lines[number])), len(lines))
    for number in range(start, end):
        if re.fullmatch(r"### +Data\s*", lines[number]):
            advice = "Give it another name: that part is made from what changed"
            raise FmdataError(f"{FILE}:{number + 1}: the unreleased part has a heading Data. {advice}.")
    words = _trimmed(lines[start:end])
    made = ["### Data", "", *data] if data else []
    body = [part for part in ("\n".join(words), "\n".join(made)) if part]
    head = "".join(f"{line}\n" for line in lines[: start - 1])
    section = "\n\n".join([f"## [{UNRELEASED}]", f"## [{version}] - {date}", *body])
    rest = "\n".join(lines[end:])
    return f"{head}{section}\n\n{rest}" if rest.strip() else f"{head}{section}\n"


def _headings(text: str) -> Iterator[tuple[int, str, str | None]]:
    """Line number, name and date of each heading of a version."""
    for number, line in enumerate(text.split("\n"), 1):
        if match := _HEADING.match(line):
            yield number, match["name"], match["date"]


def _trimmed(lines: list[str]) -> list[str]:
    """Lines without the blank ones at either end."""
    there = [number for number, line in enumerate(lines) if line.strip()]
    return lines[there[0] : there[-1] + 1] if there else []
