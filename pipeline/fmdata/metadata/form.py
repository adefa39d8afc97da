"""What the forms share: JSON as it is written, files and media types, people as schema.org has them."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Any

from fmdata.about import Agent, Licence, Source, given

MEDIA = {
    ".csv": "text/csv",
    ".cff": "text/yaml",
    ".duckdb": "application/vnd.duckdb",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".py": "text/x-python",
    ".tsv": "text/tab-separated-values",
    ".xml": "application/xml",
    ".zip": "application/zip",
}


def media_type(file: str) -> str:
    """The media type of a file of a release."""
    return MEDIA.get(PurePosixPath(file).suffix, "text/plain")


def write_json(path: Path, record: dict[str, Any]) -> None:
    """Write a record as indented JSON that ends with a line end."""
    path.write_text(json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False) + "\n", encoding="utf-8")


def write_lines(path: Path, record: dict[str, Any]) -> None:
    """Write a large record as JSON with a line for each property, and for each item of a list in it.

    Python indents JSON ten times more slowly.
    """
    text = ",\n".join(f"{json.dumps(word)}: {_lines(value)}" for word, value in record.items())
    path.write_text(f"{{\n{text}\n}}\n", encoding="utf-8")


def _lines(value: Any) -> str:
    dump = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    return "[\n" + ",\n".join(map(dump, value)) + "\n]" if isinstance(value, list) and value else dump(value)


def as_agent(agent: Agent) -> dict[str, Any]:
    """Somebody as schema.org has it. Who is not told to be a person is an organization, as a group is."""
    return given({
        "@type": "Person" if agent.is_person else "Organization",
        "name": agent.name,
        "givenName": agent.given,
        "familyName": agent.family,
        "affiliation": {"@type": "Organization", "name": agent.affiliation} if agent.affiliation else None,
        "url": agent.url,
    })  # fmt: skip


def as_licence(licence: Licence) -> str:
    """A licence as schema.org has it, by its address; by its name where none is known."""
    spdx = f"https://spdx.org/licenses/{licence.spdx}" if licence.spdx else ""
    return licence.url or spdx or licence.words


def as_work(source: Source) -> dict[str, Any]:
    """A source as schema.org has it."""
    return given({
        "@type": "Article" if source.type.endswith("article") else "CreativeWork",
        "name": source.title,
        "author": [as_agent(author) for author in source.authors],
        "publisher": {"@type": "Organization", "name": source.publisher} if source.publisher else None,
        "datePublished": source.date,
        "description": source.description,
        "url": source.url,
    })  # fmt: skip
