"""datacite.json and datacite.xml: a release as DataCite registers it, ready for a deposit.

Source: DataCite Metadata Schema 4.6, and its JSON form as the DataCite REST API takes it. A year of publication is
mandatory there, so that only what has the date of a release gets the two files. For a DOI or a publisher that is not
there yet stands `(:tba)`, the schema's own code for what is to be assigned or announced later; the JSON form admits no
code for a DOI: a record without one is a draft, to which DataCite assigns it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from fmdata.about import About, Agent, Licence, Source, about, given
from fmdata.contract import Package
from fmdata.metadata.form import write_json

JSON, XML = "datacite.json", "datacite.xml"
TBA = "(:tba)"
SCHEMA = "http://datacite.org/schema/kernel-4"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_LOCATION = f"{SCHEMA} https://schema.datacite.org/meta/kernel-4.6/metadata.xsd"
CONTRIBUTORS = (
    "ContactPerson", "DataCollector", "DataCurator", "DataManager", "Distributor", "Editor", "HostingInstitution",
    "Producer", "ProjectLeader", "ProjectManager", "ProjectMember", "RegistrationAgency", "RegistrationAuthority",
    "RelatedPerson", "Researcher", "ResearchGroup", "RightsHolder", "Sponsor", "Supervisor", "WorkPackageLeader",
)  # fmt: skip
_CALLED = {word.lower(): word for word in CONTRIBUTORS} | {"contact": "ContactPerson", "curator": "DataCurator"}
_WORKS = {
    "book": "Book", "conference-paper": "ConferencePaper", "data": "Dataset", "report": "Report", "thesis":
    "Dissertation", "software": "Software", "article": "Text", "magazine-article": "Text", "newspaper-article": "Text",
}  # fmt: skip


def write_datacite(package: Package, folder: Path) -> None:
    """Write `folder/datacite.json` and `folder/datacite.xml` of a release that has a date; else neither."""
    told = about(package)
    if not told.date:
        return
    record = _record(told)
    write_json(folder / JSON, given({"doi": told.doi, **record}))
    tree = ET.ElementTree(_resource(told.doi or TBA, record))
    ET.indent(tree)
    tree.write(folder / XML, encoding="UTF-8", xml_declaration=True)
    with (folder / XML).open("a", encoding="utf-8") as stream:
        stream.write("\n")


def contributor_type(agent: Agent) -> str:
    """What DataCite calls somebody of such roles; what it has no word for is Other."""
    words = (role.replace("-", "").replace(" ", "").lower() for role in agent.roles)
    return next((_CALLED[word] for word in words if word in _CALLED), "Other")


def _record(told: About) -> dict[str, Any]:
    return given({
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Data Package"},
        "creators": [_agent(agent) for agent in told.creators],
        "titles": [{"title": told.title}],
        "publisher": {"name": told.publisher.name if told.publisher else TBA},
        "publicationYear": told.date[:4],
        "subjects": [{"subject": word} for word in told.keywords],
        "contributors": [
            {**_agent(agent), "contributorType": contributor_type(agent)}
            for agent in told.contributors
            if agent != told.publisher
        ],
        "dates": [{"date": told.date, "dateType": "Issued"}],
        "alternateIdentifiers": _alternates(told),
        "relatedIdentifiers": [_related(source) for source in told.sources if source.url],
        "relatedItems": [_item(source) for source in told.sources if not source.url],
        "formats": ["text/csv", "application/vnd.duckdb"],
        "version": told.version,
        "rightsList": [_rights(licence) for licence in told.licences],
        "descriptions": [{"description": told.description, "descriptionType": "Abstract"}] if told.description else [],
        "schemaVersion": SCHEMA,
    })  # fmt: skip


def _agent(agent: Agent) -> dict[str, Any]:
    orcid = {"nameIdentifier": agent.orcid, "nameIdentifierScheme": "ORCID", "schemeUri": "https://orcid.org"}
    return given({
        "name": agent.inverted,
        # Of others it is not known whether they are organizations.
        "nameType": "Personal" if agent.is_person else "",
        "givenName": agent.given,
        "familyName": agent.family,
        "nameIdentifiers": [orcid] if agent.orcid else [],
        "affiliation": [{"name": agent.affiliation}] if agent.affiliation else [],
    })  # fmt: skip


def _alternates(told: About) -> list[dict[str, str]]:
    kind, _, rest = told.id.partition(":")
    scheme = kind.upper() if rest else "local"
    return [{"alternateIdentifier": told.id, "alternateIdentifierType": scheme}] if told.id else []


def _related(source: Source) -> dict[str, str]:
    kind = "DOI" if source.doi else "URL"
    return {
        "relatedIdentifier": source.doi or source.url,
        "relatedIdentifierType": kind,
        "relationType": "IsDerivedFrom",
    }


def _item(source: Source) -> dict[str, Any]:
    return given({
        "relatedItemType": _WORKS.get(source.type, "Other"),
        "relationType": "IsDerivedFrom",
        "titles": [{"title": source.title}],
        "creators": [_agent(author) for author in source.authors],
        "publicationYear": source.date[:4],
        "publisher": source.publisher,
    })  # fmt: skip


def _rights(licence: Licence) -> dict[str, str]:
    record = {"rights": licence.words, "rightsUri": licence.url}
    if licence.spdx:
        scheme = {"rightsIdentifierScheme": "SPDX", "schemeUri": "https://spdx.org/licenses/"}
        record |= {"rightsIdentifier": licence.spdx.lower(), **scheme}
    return given(record)


def _resource(identifier: str, record: dict[str, Any]) -> ET.Element:
    """The record in XML: the elements that the schema has for what the JSON form has."""
    ET.register_namespace("xsi", _XSI)
    root = ET.Element("resource", {"xmlns": SCHEMA, f"{{{_XSI}}}schemaLocation": _LOCATION})
    _add(root, "identifier", identifier, identifierType="DOI")
    _people(root, "creators", "creator", record["creators"])
    _list(root, "titles", "title", record["titles"])
    _add(root, "publisher", record["publisher"]["name"])
    _add(root, "publicationYear", record["publicationYear"])
    kind = record["types"]
    _add(root, "resourceType", kind["resourceType"], resourceTypeGeneral=kind["resourceTypeGeneral"])
    _list(root, "subjects", "subject", record.get("subjects"))
    _people(root, "contributors", "contributor", record.get("contributors"))
    for plural in ("dates", "alternateIdentifiers", "relatedIdentifiers"):
        _list(root, plural, plural[:-1], record.get(plural))
    _list(root, "formats", "format", [{"format": word} for word in record["formats"]])
    _add(root, "version", record["version"])
    _list(root, "rightsList", "rights", record["rightsList"])
    _list(root, "descriptions", "description", record.get("descriptions"))
    if items := record.get("relatedItems"):
        wrapper = ET.SubElement(root, "relatedItems")
        for item in items:
            _related_item(wrapper, item)
    return root


def _add(parent: ET.Element, tag: str, text: str, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, attributes)
    element.text = text
    return element


def _list(root: ET.Element, plural: str, tag: str, items: list[dict[str, str]] | None) -> None:
    """Elements whose text is the property of their name; the other properties are attributes."""
    if items:
        wrapper = ET.SubElement(root, plural)
        for item in items:
            others = {word.replace("Uri", "URI"): value for word, value in item.items() if word != tag}
            _add(wrapper, tag, item.get(tag, ""), **others)


def _people(root: ET.Element, plural: str, tag: str, people: list[dict[str, Any]] | None) -> None:
    if not people:
        return
    wrapper = ET.SubElement(root, plural)
    for person in people:
        kind = {word: person[word] for word in ("contributorType",) if word in person}
        element = ET.SubElement(wrapper, tag, kind)
        name = {word: person[word] for word in ("nameType",) if word in person}
        _add(element, f"{tag}Name", person["name"], **name)
        for part in ("givenName", "familyName"):
            if part in person:
                _add(element, part, person[part])
        for found in person.get("nameIdentifiers", ()):
            scheme = found["nameIdentifierScheme"]
            _add(element, "nameIdentifier", found["nameIdentifier"], nameIdentifierScheme=scheme,
                 schemeURI=found["schemeUri"])  # fmt: skip
        for found in person.get("affiliation", ()):
            _add(element, "affiliation", found["name"])


def _related_item(wrapper: ET.Element, item: dict[str, Any]) -> None:
    attributes = {word: item[word] for word in ("relatedItemType", "relationType")}
    element = ET.SubElement(wrapper, "relatedItem", attributes)
    _people(element, "creators", "creator", item.get("creators"))
    _list(element, "titles", "title", item["titles"])
    for word in ("publicationYear", "publisher"):
        if word in item:
            _add(element, word, item[word])
