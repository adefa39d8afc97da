"""Which tables of a contract tell of cited works: found by their roles and links, their field names by the engine.

The table with the role `references` has a row for each work; its primary key is one field. Tables that link to it by
one foreign key: `authors` (who wrote it, in the order of `position`), `notices` (what was published about it later, as
a correction), and `evidence` (which work stands behind what: the other foreign keys name the subjects).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fmdata.contract.model import ForeignKey, Package, Resource
from fmdata.errors import FmdataError

REFERENCES, AUTHORS, NOTICES, EVIDENCE = ROLES = ("references", "authors", "notices", "evidence")
# The words of `work_type`, and the types of CSL 1.0.2 (appendix III) that they stand for.
WORK_TYPES = {
    "book": "book",
    "book_chapter": "chapter",
    "conference_paper": "paper-conference",
    "dataset": "dataset",
    "document": "document",
    "journal_article": "article-journal",
    "legislation": "legislation",
    "magazine_article": "article-magazine",
    "newspaper_article": "article-newspaper",
    "preprint": "article",
    "report": "report",
    "software": "software",
    "thesis": "thesis",
    "webpage": "webpage",
}
_STRING, _WHOLE = ("string",), ("integer",)
_YEAR, _DATE, _TRUTH = ("year", "integer"), ("date",), ("boolean",)
_Fields = Mapping[str, tuple[str, ...]]
_PART: _Fields = {
    "container_title": _STRING,
    "year": _YEAR,
    "volume": _STRING,
    "issue": _STRING,
    "locator": _STRING,
}
# By role: the fields that it needs, and those that are used if they are there, with the types they can be of.
_NEEDED: Mapping[str, _Fields] = {
    REFERENCES: {"work_type": _STRING, "title": _STRING},
    AUTHORS: {"position": _WHOLE},
    NOTICES: {"notice_type": _STRING},
    EVIDENCE: {},
}
_USED: Mapping[str, _Fields] = {
    REFERENCES: {
        **_PART,
        "position": _WHOLE,
        "publisher": _STRING,
        "published_date": _DATE,
        "locator_type": _STRING,
        "doi": _STRING,
        "url": _STRING,
        "et_al": _TRUTH,
    },
    AUTHORS: {"family_name": _STRING, "given_name": _STRING, "initials": _STRING, "organization": _STRING},
    NOTICES: {**_PART, "position": _WHOLE},
    EVIDENCE: {"link_basis": _STRING, "confidence": _STRING},
}


@dataclass(frozen=True)
class Linked:
    """A table about cited works, `field` of which holds the key of the work."""

    table: Resource
    field: str


@dataclass(frozen=True)
class Works:
    """The published tables of cited works; `key` is the key field of `references`. The others are None if absent."""

    references: Resource
    key: str
    authors: Linked | None
    notices: Linked | None
    evidence: Linked | None

    @property
    def subjects(self) -> tuple[ForeignKey, ...]:
        """The foreign keys by which evidence names what a work stands behind."""
        if self.evidence is None:
            return ()
        return tuple(key for key in self.evidence.table.foreign_keys if key.resource != self.references.name)


def works(package: Package) -> Works | None:
    """The tables of cited works, None for a contract without them. Raises `FmdataError` for half of them."""
    tables = {resource.role: resource for resource in package if resource.role in ROLES}
    references = tables.get(REFERENCES)
    if references is None:
        for role, table in tables.items():
            found = f'{table.name} has the role "{role}", but no resource has the role "{REFERENCES}"'
            raise FmdataError(f"{package.path}: {found}; expected the table of cited works. Give it the role.")
        return None
    for table in tables.values():
        _expect(package, table)
    _expect_types(package, references)
    if len(references.primary_key) != 1:
        found = f"the primary key of {references.name} is {', '.join(references.primary_key) or 'missing'}"
        raise FmdataError(f'{package.path}: {found}; its role "{REFERENCES}" needs one field. Correct the key.')
    linked = (_linked(package, tables.get(role), references) for role in (AUTHORS, NOTICES, EVIDENCE))
    found_works = Works(references, references.primary_key[0], *linked)
    if found_works.evidence and not found_works.subjects:
        place = f"{package.path}: {found_works.evidence.table.name}"
        raise FmdataError(f"{place} says of nothing what a work stands behind; expected foreign keys to it. Add one.")
    return found_works


def _linked(package: Package, table: Resource | None, references: Resource) -> Linked | None:
    """The field by which a table leads to the works: of one foreign key, of one field, to their primary key."""
    if table is None:
        return None
    links = [key for key in table.foreign_keys if key.resource == references.name]
    if len(links) != 1 or links[0].reference_fields != references.primary_key:
        found = f"{table.name} has {len(links)} foreign keys to {references.name}"
        wanted = f'its role "{table.role}" needs one, to {references.primary_key[0]}'
        raise FmdataError(f"{package.path}: {found}; {wanted}. Correct them.")
    return Linked(table, links[0].fields[0])


def _expect(package: Package, table: Resource) -> None:
    """Raise `FmdataError` for a field that a role needs and is not there, or that is of another type than it can be."""
    for field, kinds in {**_NEEDED[table.role], **_USED[table.role]}.items():
        if field not in table.names():
            if field in _NEEDED[table.role]:
                found = f"{table.name} has no field {field}"
                raise FmdataError(f'{package.path}: {found}; its role "{table.role}" needs it. Add it.')
        elif (kind := table.field(field).type) not in kinds:
            found = f"{table.name}.{field} is of the type {kind}"
            raise FmdataError(f"{package.path}: {found}; expected {' or '.join(kinds)}. Correct the type.")
    names = set(table.names())
    if table.role == AUTHORS and not names & {"family_name", "organization"}:
        found = f"{table.name} names nobody"
        raise FmdataError(f"{package.path}: {found}; expected a field family_name or organization. Add one.")


def _expect_types(package: Package, references: Resource) -> None:
    """Raise `FmdataError` for types of works that no citation style would know."""
    place = f"{package.path}: {references.name}.work_type"
    listed = references.field("work_type").constraints.get("enum", [])
    if not listed:
        raise FmdataError(f"{place} has no enum; expected some of {', '.join(WORK_TYPES)}. Add it.")
    for word in listed:
        if word not in WORK_TYPES:
            raise FmdataError(f'{place} can be "{word}"; expected some of {", ".join(WORK_TYPES)}. Use those.')
