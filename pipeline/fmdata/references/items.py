"""The dataset and its parts as items of CSL-JSON, from the contract alone.

Source: the CSL-JSON schema of CSL 1.0.2 (csl-data.json). What the contract does not say is not there.
"""

from __future__ import annotations

import re
from typing import Any

from fmdata.about import Agent, Source, about, given
from fmdata.contract import Package

Item = dict[str, Any]
_WEB = re.compile(r"https?://", re.IGNORECASE)
# The types of the Citation File Format that CSL has another word for; of a type that is not here, it says `document`.
_TYPES = {
    "article": "article", "blog": "post-weblog", "book": "book", "conference-paper": "paper-conference",
    "data": "dataset", "database": "dataset", "dataset": "dataset", "magazine-article": "article-magazine",
    "newspaper-article": "article-newspaper", "report": "report", "software": "software", "thesis": "thesis",
    "website": "webpage",
}  # fmt: skip


def dataset_item(package: Package) -> Item:
    """The dataset, as `about` reads it from its contract; the content hash is there in a release."""
    told, content = about(package), package.descriptor.get("contentHash")
    found = {
        "id": f"{told.name}-{told.version}",
        "type": "dataset",
        "genre": "Data set",
        "title": told.title,
        "author": [_name(agent) for agent in told.creators],
        "issued": date(told.date),
        "version": told.version,
        "publisher": told.publisher.name if told.publisher else None,
        "DOI": told.doi,
        "URL": told.homepage,
        "note": f"Content hash {content}" if content else None,
    }
    return given(found)


def table_item(package: Package, table: str) -> Item:
    """A table of the dataset."""
    return _part(package, table, f"Table {table}")


def row_item(package: Package, table: str, key: str) -> Item:
    """A row of a table, by the texts of its key joined by blanks."""
    return _part(package, f"{table}-{key}", f"Row {key} of the table {table}")


def query_item(package: Package, identifier: str, title: str = "", url: str = "", notes: tuple[str, ...] = ()) -> Item:
    """What a query of the dataset gave, under the identifier of its citation.

    `title` says what was asked, `url` where it is told; `notes` are added to that of the dataset, as the result's hash.
    """
    found = _part(package, identifier, title or f"Result of the query {identifier}")
    whole = [*([found["note"]] if "note" in found else []), *notes]
    return given({**found, "URL": url or found.get("URL"), "note": ". ".join(whole)})


def source_items(package: Package) -> list[Item]:
    """What the contract says that the data were drawn from, in its order."""
    return [_source(package, number, source) for number, source in enumerate(about(package).sources, 1)]


def _source(package: Package, number: int, source: Source) -> Item:
    # A path may lead to a file of the project as well.
    url = source.url if _WEB.match(source.url) and not source.doi else None
    found = {
        "id": f"{package.name}-source-{number}",
        "type": _TYPES.get(source.type, "webpage" if url else "document"),
        "title": source.title,
        "author": [_name(agent) for agent in source.authors],
        "issued": date(source.date),
        "publisher": source.publisher,
        "DOI": source.doi,
        "URL": url,
        "note": source.description,
    }
    return given(found)


def date(text: str) -> Item | None:
    """A date of CSL of `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, None of no text."""
    return {"date-parts": [[int(part) for part in text.split("-")]]} if text else None


def _part(package: Package, identifier: str, title: str) -> Item:
    """A part of the dataset: whose it is, its version and place are those of the whole."""
    whole = dataset_item(package)
    return {**whole, "id": f"{whole['id']}-{identifier}", "title": f"{title}, in {whole['title']}"}


def _name(agent: Agent) -> Item:
    """A person whose names are told apart; whoever has one name stands as it says, as an organization does."""
    return given({"family": agent.family, "given": agent.given}) if agent.family else {"literal": agent.name}
