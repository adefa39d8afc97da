"""The dataset and its parts as items of CSL-JSON, from the contract alone.

Source: the CSL-JSON schema of CSL 1.0.2 (csl-data.json). What the contract does not say is not there.
"""

from __future__ import annotations

import re
from typing import Any

from fmdata.contract import Package

Item = dict[str, Any]
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)(10\.\d{4,9}/\S+)", re.IGNORECASE)
_WEB = re.compile(r"https?://", re.IGNORECASE)


def dataset_item(package: Package) -> Item:
    """The dataset; its authors are the contributors with the role creator, or else all that are not its publisher.

    Its DOI is the contract's `id`, if that is one; the content hash is there in a release.
    """
    given = package.descriptor
    found = {
        "id": f"{package.name}-{package.version}",
        "type": "dataset",
        "genre": "Data set",
        "title": given["title"],
        "author": [_name(contributor) for contributor in _creators(package)],
        "issued": date(given.get("created", "")[:10]),
        "version": package.version,
        "publisher": next((one["title"] for one in given["contributors"] if "publisher" in _roles(one)), None),
        "DOI": match[1].lower() if (match := _DOI.fullmatch(given.get("id", ""))) else None,
        "URL": given.get("homepage"),
        "note": f"Content hash {given['contentHash']}" if given.get("contentHash") else None,
    }
    return filled(found)


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
    return filled({**found, "URL": url or found.get("URL"), "note": ". ".join(whole)})


def source_items(package: Package) -> list[Item]:
    """What the contract says that the data were drawn from, in its order."""
    return [
        filled(
            {
                "id": f"{package.name}-source-{number}",
                "type": "webpage" if _WEB.match(source.get("path", "")) else "document",
                "title": source["title"],
                "author": [{"literal": source["author"]}] if source.get("author") else None,
                "URL": source["path"] if _WEB.match(source.get("path", "")) else None,
            }
        )
        for number, source in enumerate(package.descriptor.get("sources", []), 1)
    ]


def date(text: str) -> Item | None:
    """A date of CSL of `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, None of no text."""
    return {"date-parts": [[int(part) for part in text.split("-")]]} if text else None


def filled(item: Item) -> Item:
    """An item without what is empty."""
    return {word: value for word, value in item.items() if value not in (None, "", [])}


def _part(package: Package, identifier: str, title: str) -> Item:
    """A part of the dataset: whose it is, its version and place are those of the whole."""
    whole = dataset_item(package)
    return {**whole, "id": f"{whole['id']}-{identifier}", "title": f"{title}, in {whole['title']}"}


def _creators(package: Package) -> list[Item]:
    contributors = package.descriptor["contributors"]
    creators = [one for one in contributors if {"creator", "author"} & _roles(one)]
    return creators or [one for one in contributors if "publisher" not in _roles(one)] or contributors


def _roles(contributor: Item) -> set[str]:
    """The roles of a contributor: a list since version 2 of Data Package, before that one word."""
    return {*contributor.get("roles", []), contributor.get("role", "")}


def _name(contributor: Item) -> Item:
    """A person whose names are told apart; whoever has a title alone stands as it says, as an organization does."""
    family, given = contributor.get("familyName"), contributor.get("givenName")
    return filled({"family": family, "given": given}) if family else {"literal": contributor["title"]}
