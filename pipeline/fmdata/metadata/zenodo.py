""".zenodo.json: a release as Zenodo deposits it. Source: Zenodo's REST API, "Deposit metadata"."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fmdata.about import About, Agent, Source, about, given
from fmdata.contract import Package
from fmdata.metadata.datacite import contributor_type
from fmdata.metadata.form import write_json

FILE = ".zenodo.json"
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def write_zenodo(package: Package, folder: Path) -> None:
    """Write `folder/.zenodo.json`."""
    write_json(folder / FILE, _record(about(package)))


def _record(told: About) -> dict[str, Any]:
    # It takes one licence: the others are told in words.
    first, *others = told.licences
    return given({
        "upload_type": "dataset",
        "title": told.title,
        "version": told.version,
        "doi": told.doi,
        "publication_date": told.date,
        # A description is mandatory, and HTML.
        "description": f"<p>{told.summary.translate(_ESCAPES)}</p>",
        "creators": [_agent(agent) for agent in told.creators],
        "contributors": [{**_agent(agent), "type": contributor_type(agent)} for agent in told.contributors],
        "access_right": "open",
        "license": first.spdx or first.name,
        "keywords": list(told.keywords),
        "notes": f"Also licensed under: {', '.join(licence.words for licence in others)}." if others else "",
        "references": [_words(source) for source in told.sources],
        "related_identifiers": [
            {"identifier": source.doi or source.url, "relation": "isDerivedFrom"}
            for source in told.sources
            if source.url
        ],
    })  # fmt: skip


def _agent(agent: Agent) -> dict[str, str]:
    return given({"name": agent.inverted, "affiliation": agent.affiliation, "orcid": agent.orcid})


def _words(source: Source) -> str:
    """A source in one line."""
    names = "; ".join(author.inverted for author in source.authors)
    return ". ".join(word for word in (names, source.title, source.publisher, source.date, source.url) if word)
