"""What every catalogue wants to know of a dataset, read once from its contract: who, what, when, under which terms.

All metadata files are written of this one reading, so that they cannot disagree. What the contract does not say is
empty here, and is left out of them. Sources: Data Package 2.0, "contributors", "licenses" and "sources".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from fmdata.changelog import DOI
from fmdata.contract import Package

# The roles that make somebody an author of the data, and the one that makes somebody its publisher.
_CREATORS = frozenset({"creator", "author"})
_PUBLISHER = "publisher"
_ORCID = re.compile(r"https?://orcid\.org/([0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X])/?")


@dataclass(frozen=True)
class Agent:
    """Somebody who has to do with a work: a person where given or family name are told, else whoever bears the name."""

    name: str
    given: str = ""
    family: str = ""
    affiliation: str = ""
    url: str = ""
    roles: tuple[str, ...] = ()

    @property
    def is_person(self) -> bool:
        return bool(self.given or self.family)

    @property
    def inverted(self) -> str:
        """The name as catalogues sort it: Family, Given."""
        return ", ".join(part for part in (self.family, self.given) if part) or self.name

    @property
    def orcid(self) -> str:
        """The ORCID iD, where the agent's address is one."""
        found = _ORCID.fullmatch(self.url)
        return found[1] if found else ""


@dataclass(frozen=True)
class Licence:
    """A licence: `name` and `title` as given, `spdx` its identifier in the SPDX list, if it has one."""

    name: str
    title: str
    url: str
    spdx: str

    @property
    def words(self) -> str:
        return self.title or self.name or self.url


@dataclass(frozen=True)
class Source:
    """A work that the data were taken from; `type` is a word of the Citation File Format, `date` as YYYY[-MM[-DD]]."""

    title: str
    authors: tuple[Agent, ...]
    type: str
    date: str
    publisher: str
    description: str
    url: str

    @property
    def doi(self) -> str:
        return doi_of(self.url)


@dataclass(frozen=True)
class About:
    """A dataset. `date` is that of the release, "" for a build that is none. `doi` is that of the version, or else of
    the dataset, if its `id` is one; "" without.

    `description` is the contract's; `summary` is never empty: without a description it names the tables.
    """

    name: str
    title: str
    version: str
    date: str
    doi: str
    id: str
    homepage: str
    description: str
    summary: str
    keywords: tuple[str, ...]
    creators: tuple[Agent, ...]
    contributors: tuple[Agent, ...]
    publisher: Agent | None
    licences: tuple[Licence, ...]
    sources: tuple[Source, ...]

    @property
    def url(self) -> str:
        """Where the dataset is to be found, as far as that is known: its homepage, or its DOI as an address."""
        return self.homepage or self.address

    @property
    def address(self) -> str:
        """The DOI as an address, "" without one."""
        return f"https://doi.org/{self.doi}" if self.doi else ""


def about(package: Package) -> About:
    """What the contract says of the dataset."""
    descriptor = package.descriptor
    agents = tuple(_agent(item) for item in descriptor["contributors"])
    creators = tuple(agent for agent in agents if _CREATORS & set(agent.roles))
    # Where nobody is called the creator, all are but the publisher.
    creators = creators or tuple(agent for agent in agents if _PUBLISHER not in agent.roles) or agents
    publisher = next((agent for agent in agents if _PUBLISHER in agent.roles), None)
    identifier = str(descriptor.get("id", ""))
    tables = ", ".join(resource.name for resource in package)
    return About(
        name=package.name,
        title=descriptor["title"],
        version=package.version,
        date=str(descriptor.get("created", ""))[:10],
        doi=str(descriptor.get("doi", "")) or doi_of(identifier),
        id=identifier,
        homepage=str(descriptor.get("homepage", "")),
        description=str(descriptor.get("description", "")),
        summary=descriptor.get("description") or f"A Data Package of CSV files. Its tables: {tables}.",
        keywords=tuple(dict.fromkeys(descriptor.get("keywords", ()))),
        creators=creators,
        contributors=tuple(agent for agent in agents if agent not in creators),
        publisher=publisher,
        licences=tuple(_licence(item) for item in descriptor["licenses"]),
        sources=tuple(_source(item) for item in descriptor.get("sources", ())),
    )


def given(record: dict[str, Any]) -> dict[str, Any]:
    """What of a record is given: nothing that is None or empty. Numbers and truth values are."""
    return {word: value for word, value in record.items() if value not in (None, "", (), [], {})}


def doi_of(text: str) -> str:
    """The DOI that a text is, without what makes it an address; "" for any other text."""
    found = DOI.fullmatch(text)
    return found[1] if found else ""


def _agent(item: dict[str, Any]) -> Agent:
    given, family = item.get("givenName", ""), item.get("familyName", "")
    roles = (*item.get("roles", ()), *([item["role"]] if "role" in item else ()))
    name = item.get("title") or f"{given} {family}".strip()
    return Agent(name, given, family, item.get("organization", ""), item.get("path", ""), tuple(roles))


def _licence(item: dict[str, Any]) -> Licence:
    name = item.get("name", "")
    return Licence(name, item.get("title", ""), item.get("path", ""), _spdx(name))


def _spdx(name: str) -> str:
    """The SPDX identifier that a name is, in its own spelling; "" for any other name."""
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    try:
        found = str(canonicalize_license_expression(name))
    except InvalidLicenseExpression:
        return ""
    return "" if " " in found or found.startswith("LicenseRef-") else found


def _source(item: dict[str, Any]) -> Source:
    authors = tuple(_agent(author) for author in item.get("authors", ()))
    if not authors and item.get("author"):
        authors = (Agent(item["author"]),)
    words = {word: str(item.get(word, "")) for word in ("type", "date", "publisher", "description")}
    return Source(item["title"], authors, url=item.get("path", ""), **words)
