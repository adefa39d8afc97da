"""How to cite a release: CITATION.cff, texts for reference managers, and words, all from the contract.

Source: Citation File Format 1.2.0. The date is that of the release; a build that is none has none.
"""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path
from typing import Any

from fmdata.about import About, Agent, Source, about, given
from fmdata.contract import Package
from fmdata.references import FORMATS, dataset_item, source_items

# By format, the file of a release that holds the dataset and what its data were drawn from.
_FILES = {"csl": "citation.csl.json", "bibtex": "citation.bib", "ris": "citation.ris"}

_WHOLE_DAY = len("2024-09-08")


def citation(package: Package) -> str:
    """How to cite the dataset, in one line."""
    item = dataset_item(package)
    names = [name.get("literal") or f"{name.get('given', '')} {name['family']}".strip() for name in item["author"]]
    place = f"https://doi.org/{item['DOI']}" if "DOI" in item else item.get("URL", "")
    return f"{', '.join(names)}. {item['title']}. Version {item['version']}. {item['genre']}. {place}".strip()


def write_texts(package: Package, folder: Path, content: str) -> None:
    """Write what reference managers read: the dataset first, then its sources; `content` is the hash of its data."""
    hashed = replace(package, descriptor={**package.descriptor, "contentHash": f"sha256:{content}"})
    items = [dataset_item(hashed), *source_items(package)]
    for form, file in _FILES.items():
        (folder / file).write_text(FORMATS[form](items), encoding="utf-8")


def write_citation(package: Package, folder: Path) -> None:
    """Write `folder/CITATION.cff`."""
    import yaml

    text = yaml.safe_dump(_record(about(package)), sort_keys=False, allow_unicode=True, width=100)
    (folder / "CITATION.cff").write_text(text, encoding="utf-8")


def _record(told: About) -> dict[str, Any]:
    # The format has one licence, or several to choose from; those that SPDX does not list it takes as an address.
    listed = [licence.spdx for licence in told.licences if licence.spdx]
    unlisted = next((licence.url for licence in told.licences if licence.url), "")
    return given({
        "cff-version": "1.2.0",
        "message": "If you use this dataset, please cite it as below.",
        "type": "dataset",
        "title": told.title,
        "version": told.version,
        "doi": told.doi,
        "date-released": datetime.date.fromisoformat(told.date) if told.date else None,
        "authors": [_agent(agent) for agent in told.creators],
        "license": listed,
        "license-url": unlisted if not listed else "",
        "url": told.homepage,
        "abstract": told.description,
        "keywords": list(told.keywords),
        "references": [_reference(source) for source in told.sources],
    })  # fmt: skip


def _agent(agent: Agent) -> dict[str, str]:
    if not agent.is_person:
        return given({"name": agent.name, "orcid": f"https://orcid.org/{agent.orcid}" if agent.orcid else ""})
    return given({
        "family-names": agent.family,
        "given-names": agent.given,
        "affiliation": agent.affiliation,
        "orcid": f"https://orcid.org/{agent.orcid}" if agent.orcid else "",
    })  # fmt: skip


def _reference(source: Source) -> dict[str, Any]:
    whole = len(source.date) == _WHOLE_DAY
    return given({
        "type": source.type or "generic",
        "title": source.title,
        # A title is all the specification asks of a source; "anonymous" is the word CFF gives for an unknown author.
        "authors": [_agent(agent) for agent in source.authors] or [{"name": "anonymous"}],
        "publisher": {"name": source.publisher} if source.publisher else None,
        "date-published": datetime.date.fromisoformat(source.date) if whole else None,
        "year": int(source.date[:4]) if source.date else None,
        "notes": source.description,
        "doi": source.doi,
        "url": "" if source.doi else source.url,
    })  # fmt: skip
