"""Which works and sources contributed rows to an answer: `fmdata.references` is asked, with the answers it wants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fmdata.citing.archive import Archived
from fmdata.citing.sandbox import Examined, Sandbox
from fmdata.reader import reading_by_contract
from fmdata.references import reference_items, taken_items
from fmdata.references.credit import credited as contributed
from fmdata.references.styles import DEFAULT, bibliography


@dataclass(frozen=True)
class Credited:
    """What contributed: its key, kind (work or source), text, DOI and evidence; its item; and whether that is all."""

    told: list[dict[str, Any]]
    items: list[dict[str, Any]]
    complete: bool


def credited(release: Archived, asked: Examined, sandbox: Sandbox) -> Credited:
    """What contributed to the answer of the query that the sandbox has looked at, works before sources."""
    with reading_by_contract(release.database) as con:
        found = contributed(con, release.package, asked.tables, sandbox.rows)
        references, sources = reference_items(con, release.package), taken_items(con, release.package)
    items = [*(references[work.key] for work in found.works), *(sources[key] for key in found.sources)]
    told: list[dict[str, Any]] = [
        {"key": work.key, "kind": "work", "linkBasis": work.link_basis, "confidence": work.confidence}
        for work in found.works
    ]
    told += [{"key": key, "kind": "source"} for key in found.sources]
    texts = bibliography(items, DEFAULT) if items else []
    told = [{**one, "text": text, "doi": item.get("DOI")} for one, text, item in zip(told, texts, items, strict=True)]
    return Credited(told, items, found.complete)
