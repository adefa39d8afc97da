"""What follows from rows that are entered, for people and programs: what changes, the least version, the changelog."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fmdata.entries import Entered
from fmdata.history import parse
from fmdata.history.machine import with_rows
from fmdata.history.summary import cell_line
from fmdata.history.text import rows
from fmdata.proposal import Proposal


def as_text(proposal: Proposal, made: Entered, dry_run: bool, limit: int) -> Iterator[str]:
    """What was entered and what follows, for people."""
    for line in made.lines:
        yield f"{made.file}:{line}: {'would be entered' if dry_run else 'entered'}; all checks hold."
    yield from (
        f"{file}: {'would be ' if dry_run else ''}anchored again" for file in proposal.texts if file != made.file
    )
    yield ""
    yield from _touched(proposal, limit)
    yield ""
    yield from _minimum(proposal)


def _touched(proposal: Proposal, limit: int) -> Iterator[str]:
    since, touched = proposal.since_build, proposal.touched()
    if since is None:
        yield "There is no current build that can be compared with it."
        return
    yield "Against the current build:" if touched else "No row of the current build changes."
    if touched and proposal.changed:
        yield f"(with what changed since then in {', '.join(proposal.changed)})"
    for table in touched:
        yield ""
        yield from rows(since, table, limit)


def _minimum(proposal: Proposal) -> Iterator[str]:
    least, declared = proposal.minimum, proposal.package.version
    if least is None:
        yield "Any version will do: nothing is released yet."
        return
    low = parse(declared, "") < parse(least["version"], "")
    verdict = "which is too low" if low else "which will do"
    base = proposal.changes["old"]["version"]
    yield f"The least version after {base} is {least['version']} ({least['bump']}); it is {declared}, {verdict}."
    width = max((len(reason["rule"]) for reason in least["reasons"]), default=0)
    for reason in least["reasons"]:
        yield f"{reason['bump']:<5}  {reason['rule']:<{width}}  {reason['words']}"


def as_record(proposal: Proposal, made: Entered, dry_run: bool) -> dict[str, Any]:
    """What was entered and what follows, as JSON values."""
    since = proposal.since_build
    tables = [with_rows(since, table) for table in proposal.touched()] if since else None
    entered = zip(made.lines, made.rows, strict=True)
    return {
        "written": not dry_run,
        "rows": [{"table": made.resource.name, "file": made.file, "line": at, "row": row} for at, row in entered],
        "files": [*proposal.texts],
        "changed_since_build": proposal.changed,
        "tables": tables,
        "minimum": proposal.minimum,
    }


def changelog_line(proposal: Proposal, cell: tuple[str, str, str]) -> str | None:
    """The line that the changelog of the next release will have for a cell, None if it says nothing of it."""
    table, key, column = cell
    lines = (
        cell_line(key, changed)
        for own in proposal.changes["tables"] if own["table"] == table
        for row in own["rows"] if row["key"] == key
        for changed in row.get("cells", []) if changed["column"] == column
    )  # fmt: skip
    return next(lines, None)


def as_changelog(proposal: Proposal, line: str | None) -> Iterator[str]:
    """What the changelog will have of a cell, for people."""
    if line is not None:
        yield f"\nIn the changelog:\n{line}"
    elif proposal.minimum is None:
        yield "\nThe changelog of the first release names no cells."
    else:
        yield "\nThe changelog will not name this cell: it is as it was released."
