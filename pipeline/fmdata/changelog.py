"""CHANGELOG.md, in the manner of Keep a Changelog: the one place where the date of a release is written.

A version's part begins with `## [1.2.0] - 2026-11-26`, what comes next with `## [Unreleased]`. A line
`DOI: https://doi.org/10.…` in it is the DOI of the version. Other lines are words for people, and stay as they are.
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
_NAMED = re.compile(r"DOI: *(?P<doi>.*?)\s*")
DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.[0-9]{4,9}/[-._;()/:A-Za-z0-9]+)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day(text: str, where: str) -> str:
    """A date as it is written, YYYY-MM-DD. Raises `FmdataError`, naming `where`, for anything else."""
    try:
        if _DAY.fullmatch(text):
            return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise FmdataError(f'{where}: "{text}" is not a date; expected YYYY-MM-DD, e.g. 2026-01-31.')


def doi(text: str, where: str) -> str:
    """A DOI, also where it is written as an address. Raises `FmdataError`, naming `where`, for anything else."""
    if found := DOI.fullmatch(text):
        return found[1]
    raise FmdataError(f'{where}: "{text}" is not a DOI; expected one such as 10.5281/zenodo.1234567.')


def dois(root: Path) -> dict[str, str]:
    """The DOI of each version that has one. Raises `FmdataError` for one that is none, or of two versions."""
    found: dict[str, str] = {}
    text = read(root)
    parts = [(number, name) for number, name, _ in _headings(text) if _VERSION.match(name)]
    for number, line in enumerate(text.split("\n"), 1):
        named = _NAMED.fullmatch(line)
        version = next((name for begun, name in reversed(parts) if begun < number), None)
        if named is None or version is None:
            continue
        given = doi(named["doi"], f"{FILE}:{number}")
        if version in found or given in found.values():
            raise FmdataError(f"{FILE}:{number}: the DOI {given} is one too many; expected one for each version.")
        found[version] = given
    return found


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


def with_release(text: str, version: str, date: str, data: Sequence[str], doi: str = "") -> str:
    """The changelog with what was unreleased under the heading of a version, and in it a part *Data* of some lines.

    Its DOI, if it has one, stands first.

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
    named = f"DOI: https://doi.org/{doi}" if doi else ""
    body = [part for part in (named, "\n".join(words), "\n".join(made)) if part]
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
