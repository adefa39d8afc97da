"""What became of every line of a source: taken from, left out with a reason, or lost."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fmdata.contract import Package, lineage
from fmdata.contract.roles import EXTRACTED
from fmdata.errors import FmdataError
from fmdata.headings import headings
from fmdata.reader import reading_by_contract
from fmdata.sql import name


@dataclass(frozen=True)
class Part:
    """A section of a source: its heading below those it is a part of, and how many of its lines have which status."""

    source_id: str
    section_id: str | None
    heading: str
    lines: dict[str, int]


@dataclass(frozen=True)
class Gap:
    """A line from which nothing was taken, and why."""

    source_id: str
    line_number: int
    status: str
    reason: str
    heading: str


@dataclass(frozen=True)
class Coverage:
    """`statuses` as the contract lists them; `parts` in the order of the text; `gaps` by line."""

    statuses: list[str]
    parts: list[Part]
    gaps: list[Gap]

    def total(self) -> dict[str, int]:
        """How many lines have which status."""
        return {status: sum(part.lines[status] for part in self.parts) for status in self.statuses}


def coverage(database: Path, package: Package) -> Coverage:
    """The coverage of every source of a release. Raises `FmdataError` for a project without a ledger of lines."""
    found = lineage(package)
    if found is None or found.ledger is None:
        raise FmdataError(f'{package.path}: no resource has the role "ledger", so no line is accounted for.')
    ledger = found.ledger
    statuses = [str(value) for value in ledger.field("status").constraints["enum"]]
    section = "section_id" if "section_id" in ledger.names() else "NULL"
    columns = f"source_id, {section}, line_number, CAST(status AS VARCHAR), coalesce(reason, '')"
    with reading_by_contract(database) as con:
        paths = headings(con, found)
        rows = [
            (source, part, paths.get(part, ""), *rest)
            for source, part, *rest in con.execute(
                f"SELECT {columns} FROM {name(ledger.name)} ORDER BY source_id, line_number"
            ).fetchall()
        ]
    parts: dict[tuple[str, str | None], Part] = {}
    for source, part, heading, _, status, _ in rows:
        own = parts.setdefault((source, part), Part(source, part, heading, dict.fromkeys(statuses, 0)))
        own.lines[status] += 1
    gaps = [
        Gap(source, line, status, reason, heading)
        for source, _, heading, line, status, reason in rows
        if status != EXTRACTED
    ]
    return Coverage(statuses, list(parts.values()), gaps)
