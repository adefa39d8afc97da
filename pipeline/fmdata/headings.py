"""The headings of sections, told apart by those they stand below."""

from __future__ import annotations

import duckdb

from fmdata.contract import Resource
from fmdata.sql import name


def headings(con: duckdb.DuckDBPyConnection, sections: Resource | None) -> dict[str, str]:
    """The headings of each section, those it is a part of before its own."""
    if sections is None or "heading" not in sections.names():
        return {}
    [key] = sections.primary_key
    inward = [foreign.fields[0] for foreign in sections.foreign_keys if foreign.resource == sections.name]
    parent = name(inward[0]) if inward else "NULL"
    rows = con.execute(f"SELECT {name(key)}, heading, {parent} FROM {name(sections.name)}").fetchall()
    known = {section: (heading, above) for section, heading, above in rows}

    def path(section: str) -> str:
        heading, above = known[section]
        return f"{path(above)} › {heading}" if above else str(heading)

    return {section: path(section) for section in known}
