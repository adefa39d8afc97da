"""The README of a release: what it is, its limits and rights, how to cite it, and the data dictionary."""

from __future__ import annotations

from pathlib import Path

from fmdata.contract import Package
from fmdata.writers.citation import citation
from fmdata.writers.dictionary import markdown

_TEMPLATE = """# {title}

Version {version}. {description}

{tables:,} tables, {rows:,} rows, as CSV files in `data/` described by `datapackage.json`, and the same as one DuckDB
file, `{name}.duckdb`, with keys, comments{views} and a dictionary (`FROM _dictionary`).
{notes}
## How to cite

> {citation}

`CITATION.cff` says it for programs. The content hash of this version's data is `{content}`.

## Rights

{rights}

## Is it what was published?

`sha256sum --check SHA256SUMS` tells whether every file is as it was published.
`frictionless validate datapackage.json` checks the CSV files against their description.

## Where it comes from

{sources}

## Tables

| table | what one row is | rows |
| --- | --- | --- |
{overview}

## Data dictionary

{dictionary}"""


def write_readme(package: Package, folder: Path, counts: dict[str, int], content: str) -> None:
    """Write `folder/README.md`."""
    descriptor = package.descriptor
    overview = [f"| [`{r.name}`](#{r.name}) | {_line(r.description)} | {counts[r.name]:,} |" for r in package]
    text = _TEMPLATE.format(
        title=descriptor["title"],
        version=package.version,
        description=descriptor.get("description", ""),
        tables=len(package.resources),
        rows=sum(counts.values()),
        name=package.name,
        views=", views" if package.views else "",
        notes="".join(f"\n## {note['title']}\n\n{note['text']}\n" for note in descriptor.get("notes", [])),
        citation=citation(package),
        content=content,
        rights=_rights(package),
        sources="\n".join(f"- {_link(source)}" for source in descriptor.get("sources", []))
        or "The data name no source.",
        overview="\n".join(overview),
        dictionary=markdown(package, counts),
    )
    (folder / "README.md").write_text(text.rstrip("\n") + "\n", encoding="utf-8")


def _rights(package: Package) -> str:
    lines = [
        f"- {_link({'title': item.get('title', item.get('name')), **item})}" for item in package.descriptor["licenses"]
    ]
    text = "\n".join(lines)
    return f"{text}\n\n{package.descriptor['rights']}" if "rights" in package.descriptor else text


def _link(item: dict[str, str]) -> str:
    return f"[{item['title']}]({item['path']})" if item.get("path") else item["title"]


def _line(text: str) -> str:
    return text.split("\n")[0].replace("|", "\\|")
