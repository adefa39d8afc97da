"""The headings of sections, told apart by those they stand below."""

from __future__ import annotations

import duckdb

from fmdata.contract import Lineage
from fmdata.sql import name


def headings(con: duckdb.DuckDBPyConnection, found: Lineage) -> dict[str, str]:
    """The headings of each section, those it is a part of before its own."""
    sections, key = found.sections, found.section_key
    if sections is None or "heading" not in sections.names():
        return {}
    inward = [link for link in sections.foreign_keys if link.resource == sections.name]
    parents = [link.fields[0] for link in inward if link.reference_fields == (key,)]
    parent = name(parents[0]) if len(parents) == 1 else "NULL"
    rows = con.execute(f"SELECT {name(key)}, heading, {parent} FROM {name(sections.name)}").fetchall()
    known = {section: (heading, above) for section, heading, above in rows}

    def path(section: str) -> str:
        heading, above = known[section]
        return f"{path(above)} › {heading}" if above else str(heading)

    return {section: path(section) for section in known}
