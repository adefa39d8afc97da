"""How to cite a release: CITATION.cff, texts for reference managers, and words, all from the contract.

Source: Citation File Format 1.2.0. The date is that of the release; a build that is none has none.
"""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path
from typing import Any

from fmdata.contract import Package
from fmdata.references import FORMATS, dataset_item, source_items

# By format, the file of a release that holds the dataset and what its data were drawn from.
_FILES = {"csl": "citation.csl.json", "bibtex": "citation.bib", "ris": "citation.ris"}


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

    descriptor = package.descriptor
    record: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use this dataset, please cite it as below.",
        "type": "dataset",
        "title": descriptor["title"],
        "version": package.version,
        "date-released": datetime.date.fromisoformat(created[:10]) if (created := descriptor.get("created")) else None,
        "authors": [{"name": contributor["title"]} for contributor in descriptor["contributors"]],
        "license": [item["name"] for item in descriptor["licenses"] if "name" in item],
    }
    if "description" in descriptor:
        record["abstract"] = descriptor["description"]
    if keywords := descriptor.get("keywords"):
        record["keywords"] = keywords
    if references := [_reference(source) for source in descriptor.get("sources", [])]:
        record["references"] = references
    text = yaml.safe_dump({k: v for k, v in record.items() if v}, sort_keys=False, allow_unicode=True, width=100)
    (folder / "CITATION.cff").write_text(text, encoding="utf-8")


def _reference(source: dict[str, Any]) -> dict[str, Any]:
    reference: dict[str, Any] = {"type": "generic", "title": source["title"]}
    if path := source.get("path"):
        reference["url"] = path
    # A title is all the specification asks of a source; "anonymous" is the word CFF gives for an unknown author.
    reference["authors"] = [{"name": source.get("author", "anonymous")}]
    return reference
