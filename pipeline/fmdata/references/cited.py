"""The works that a release lists, as items of CSL-JSON: what its data cite, and what they were taken from.

They are read from the release's own tables, so that an archived one tells of its works as it did.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import duckdb

from fmdata.about import given
from fmdata.contract import Package, Resource, lineage, works
from fmdata.contract.works import WORK_TYPES, Linked
from fmdata.references.items import Item, date
from fmdata.sql import name

OTHERS = {"literal": "others"}
"""The last author of a work whose list of authors is cut: CSL-JSON has no word for it, BibTeX and pandoc have this."""


def reference_items(con: duckdb.DuckDBPyConnection, package: Package) -> dict[str, Item]:
    """The works in the table with the role `references`, by their keys, in the order of `position` and key.

    None where the contract has no such table. `con` reads the tables of the release by their names.
    """
    found = works(package)
    if found is None:
        return {}
    authors = defaultdict(list)
    for key, row in _linked(con, found.authors):
        authors[key].append(_author(row))
    notices = defaultdict(list)
    for key, row in _linked(con, found.notices):
        notices[key].append(_notice(row))
    rows = {row[found.key]: row for row in _rows(con, found.references, found.key)}
    return {str(key): _work(row, f"{package.name}-{key}", authors[key], notices[key]) for key, row in rows.items()}


def taken_items(con: duckdb.DuckDBPyConnection, package: Package) -> dict[str, Item]:
    """The sources that places lead to, by their keys; none where the contract does not say where values stand."""
    found = lineage(package)
    if found is None or found.sources is None:
        return {}
    rows = _rows(con, found.sources, "source_id")
    return {row["source_id"]: _work(row, f"{package.name}-{row['source_id']}", _given(row), []) for row in rows}


def _given(row: dict[str, Any]) -> list[Item]:
    """The author of a source, in one text."""
    return [{"literal": row["author"]}] if row.get("author") else []


def _work(row: dict[str, Any], key: str, authors: list[Item], notices: list[str]) -> Item:
    """The item of a work. Its publisher is left out where it is the author, as in the reference itself."""
    people = [*authors, OTHERS] if row.get("et_al") else authors
    publisher = row.get("publisher")
    locator = row.get("locator")
    return given(
        {
            "id": key,
            "type": WORK_TYPES.get(row.get("work_type", ""), "document"),
            "title": row.get("title"),
            "author": people,
            "container-title": row.get("container_title"),
            "publisher": None if authors == [{"literal": publisher}] else publisher,
            "issued": _issued(row),
            "volume": row.get("volume"),
            "issue": row.get("issue"),
            # The locator of an article without pages: most styles print it as its page, some by its name.
            "page": locator,
            "number": locator if row.get("locator_type") == "article_number" else None,
            "DOI": row.get("doi"),
            "URL": row.get("url"),
            "note": ". ".join(notices),
        }
    )


def _issued(row: dict[str, Any]) -> Item | None:
    """When a work was published: the year it is cited by, with month and day if a date of that year is known."""
    year, published = row.get("year"), row.get("published_date")
    if published and year in (None, published.year):
        return date(published.isoformat())
    return date(str(year)) if year is not None else None


def _author(row: dict[str, Any]) -> Item:
    if row.get("family_name") is None:
        return {"literal": row.get("organization") or ""}
    first = row.get("given_name") or _initials(row.get("initials") or "")
    return given({"family": row["family_name"], "given": first})


def _initials(text: str) -> str:
    """Initials as styles take them for such: `JB` is J. B., `J-B` is J.-B."""
    return "-".join(" ".join(f"{letter}." for letter in part if letter != " ") for part in text.split("-") if part)


def _notice(row: dict[str, Any]) -> str:
    """What was published about a work later, as references have it: `Correction: J Clin Invest 2020;13(2):578`."""
    issue = f"({row['issue']})" if row.get("issue") else ""
    place = f"{row.get('volume') or ''}{issue}:{row['locator']}" if row.get("locator") else row.get("volume") or ""
    when = ";".join(part for part in (str(row["year"]) if row.get("year") else "", place) if part)
    where = " ".join(part for part in (row.get("container_title") or "", when) if part)
    return f"{row['notice_type'].replace('_', ' ').capitalize()}: {where}"


def _linked(con: duckdb.DuckDBPyConnection, linked: Linked | None) -> Iterator[tuple[Any, dict[str, Any]]]:
    """The rows of a table about works, each with the key of its work."""
    for row in _rows(con, linked.table, linked.field) if linked else ():
        yield row[linked.field], row  # type: ignore[union-attr]


def _rows(con: duckdb.DuckDBPyConnection, table: Resource, key: str) -> list[dict[str, Any]]:
    """The rows of a table by field, in the order of `position`, if it has one, and `key`."""
    order = [*(["position"] if "position" in table.names() else []), key]
    fields = ", ".join(name(field) for field in table.names())
    rows = con.execute(f"SELECT {fields} FROM {name(table.name)} ORDER BY {', '.join(map(name, order))}").fetchall()
    return [dict(zip(table.names(), row, strict=True)) for row in rows]
