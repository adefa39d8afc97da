"""The README of a release: what it is, its limits and rights, how to cite it, and the data dictionary."""

from __future__ import annotations

from pathlib import Path

from fmdata.about import Source, about
from fmdata.contract import Package, lineage
from fmdata.contract.roles import MEASURES
from fmdata.writers.citation import citation
from fmdata.writers.csv import DATA
from fmdata.writers.dictionary import markdown

_TEMPLATE = """# {title}

Version {version}. {description}

{tables:,} tables, {rows:,} rows, as CSV files in `data/` described by `datapackage.json`, and the same as one DuckDB
file, `{name}.duckdb`, with keys, comments{views} and a dictionary (`FROM _dictionary`).{parquet}
{notes}{places}
## How to cite

> {citation}

`CITATION.cff` says it for programs, `citation.bib`, `citation.ris` and `citation.csl.json` for reference managers. The
content hash of this version's data is `{content}`.

## Rights

{rights}

## Is it what was published?

`sha256sum --check SHA256SUMS` tells whether every file is as it was published.
`frictionless validate datapackage.json` checks the CSV files against their description.
{remarks}
## Where it comes from

{sources}

## Tables

| table | what one row is | rows |
| --- | --- | --- |
{overview}

## Data dictionary

{dictionary}"""

_PARQUET = """
Beside each CSV file stands a Parquet file with the same rows, typed; a blank is NULL in it."""
_PLACES = """
## Where a value stands

`{cells}` has a row for each cell that states a fact: its place in the source, how the value came about (verbatim,
normalised, split, inferred or curated), and the words of the place it rests on. In the DuckDB file,
`FROM where_from('table', 'row key')` tells it for a row; `fmdata trace TABLE KEY` prints it.
"""
_HASHES = """
The source itself is not in here. Whoever has a copy can compare: `fmdata verify --source FILE` looks in it for every
place, by hashes, and for every value in its place. A hash is the SHA-256 of a place's tokens joined by single spaces;
prefix and suffix are the same of the eight tokens before and after, an asterisk that begins a line left out.
A token is a run of letters and digits or a single other sign, after folding quotes to ' and ", dashes to -, bullets and
all blanks to a space, Unicode form NFKC, no case, no invisible characters. So line breaks, straight quotes or capitals
do not matter, and a changed word does.

Compared with your own copy, such hashes show whether words or places differ. They are no seal against somebody who
changes values and hashes together, and they keep no secret: there are few things that a short place may say, and
whoever guesses its words can confirm the guess.
"""


def write_readme(
    package: Package, folder: Path, counts: dict[str, int], content: str, remarks: tuple[str, ...]
) -> None:
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
        parquet=_PARQUET if any((folder / DATA).glob("*.parquet")) else "",
        notes="".join(f"\n## {note['title']}\n\n{note['text']}\n" for note in descriptor.get("notes", [])),
        places=_places(package),
        citation=citation(package),
        content=content,
        rights=_rights(package),
        remarks="".join(f"\n{remark}\n" for remark in remarks),
        sources="\n".join(map(_source, about(package).sources)) or "The data name no source.",
        overview="\n".join(overview),
        dictionary=markdown(package, counts),
    )
    (folder / "README.md").write_text(text.rstrip("\n") + "\n", encoding="utf-8")


def _places(package: Package) -> str:
    """How to find out where a value stands, for a release that tells."""
    found = lineage(package)
    if found is None:
        return ""
    text = _PLACES.format(cells=found.cells.name)
    return text + _HASHES if set(MEASURES) <= set(found.places.names()) else text


def _rights(package: Package) -> str:
    lines = [
        f"- {_link({'title': item.get('title', item.get('name')), **item})}" for item in package.descriptor["licenses"]
    ]
    text = "\n".join(lines)
    return f"{text}\n\n{package.descriptor['rights']}" if "rights" in package.descriptor else text


def _source(source: Source) -> str:
    """A source in one line: who wrote it, what it is called, who published it and when."""
    title = f"[{source.title}]({source.url})" if source.url else source.title
    authors = ", ".join(author.name for author in source.authors)
    parts = (authors, title, source.publisher, source.date, source.description)
    return "- " + " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part)


def _link(item: dict[str, str]) -> str:
    return f"[{item['title']}]({item['path']})" if item.get("path") else item["title"]


def _line(text: str) -> str:
    return text.split("\n")[0].replace("|", "\\|")
