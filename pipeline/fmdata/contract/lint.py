"""What a descriptor must be before anything is built on it.

frictionless lets pass what a publisher must not (`version: "banana"`, a foreign key to nowhere, a constraint it does
not know); these checks do not. What the engine cannot honour is named and refused, never skipped.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import re
from collections.abc import Iterator
from typing import Any

from fmdata.contract.lint_credits import lint_credits
from fmdata.contract.lint_keys import lint_keys
from fmdata.contract.lint_schema import lint_schema
from fmdata.contract.model import Limits
from fmdata.contract.pointers import Fault, Pointer, typo
from fmdata.contract.roles import WRITTEN
from fmdata.contract.works import ROLES as WORKS

__all__ = ["Fault", "lint"]

_SEMVER = re.compile(r"(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
_PROFILES = (
    "https://datapackage.org/profiles/2.0/datapackage.json",
    "https://datapackage.org/profiles/1.0/datapackage.json",
)
_RESERVED = frozenset({"raw", "main", "temp", "system", "information_schema", "pg_catalog"})
_DIALECT = {
    "header": True, "delimiter": ",", "quoteChar": '"', "doubleQuote": True, "lineTerminator": "\n",
    "headerRows": [1], "skipInitialSpace": False, "$schema": "https://datapackage.org/profiles/2.0/tabledialect.json",
}  # fmt: skip
_RESOURCE = {
    "type": ("table",), "profile": ("tabular-data-resource",), "format": ("csv",), "scheme": ("file",),
    "encoding": ("utf-8", "UTF-8", "utf8"), "mediatype": ("text/csv",), "generated": ("provenance", "changes"),
    "role": ("anchors", "word_runs", "ledger", "corrections", "tombstones", "mappings", *WORKS),
}  # fmt: skip
_REFUSED = {
    "data": "inline data", "compression": "compressions by hand", "extrapaths": "extra paths", "innerpath": "zips",
    "bytes": "sizes given by hand", "hash": "hashes given by hand", "rowCount": "counts given by hand",
}  # fmt: skip
_PACKAGE = frozenset({
    "$schema", "name", "id", "title", "description", "homepage", "version", "created", "keywords", "image", "licenses",
    "contributors", "sources", "rights", "notes", "resources", "views", "limits",
})  # fmt: skip
_KNOWN = frozenset({"name", "path", "title", "description", "dialect", "schema", "$schema", *_RESOURCE, *_REFUSED})
_LIMITS = tuple(field.name for field in dataclasses.fields(Limits))
_VIEW = ("name", "title", "description", "fields", "traced")
_COLUMN = ("name", "description")


def lint(descriptor: dict[str, Any]) -> list[Fault]:
    """Every fault of a Data Package descriptor, in its order."""
    faults = list(_package(descriptor))
    resources = descriptor.get("resources")
    if not isinstance(resources, list) or not resources:
        fault = Fault(("resources",), "there are no resources", "a list of at least one", "Describe each table here")
        return [*faults, fault]
    for index, resource in enumerate(resources):
        faults += _resource(("resources", index), resource)
    faults += _names(descriptor)
    faults += _views(descriptor)
    return faults if faults else list(lint_keys(resources))


def lint_published(descriptor: dict[str, Any], manifest: bool) -> list[Fault]:
    """Where a sound descriptor, as the contract of what is published, says that a table is somewhere it is not.

    With a `manifest`, the extracts have a contract of their own, and their roles stand there.
    """
    faults = list(_roles(descriptor, tuple(WRITTEN) if manifest else ()))
    for index, resource in enumerate(descriptor["resources"]):
        published, given = f"dist/latest/data/{resource['name']}.csv", resource.get("path", [])
        for path in [given] if isinstance(given, str) else given:
            if path != published and not path.startswith("raw/"):
                found = f'"{path}" is not where the build puts the table'
                faults.append(Fault(("resources", index, "path"), found, f"{published}, or the extract under raw/"))
    return faults


def lint_manifest(descriptor: dict[str, Any]) -> list[Fault]:
    """What a sound descriptor lacks as the contract of extracts: every file is listed, and once; nothing is made."""
    faults, seen = list(_roles(descriptor, ("ledger", "mappings", *WORKS))), set()
    for index, resource in enumerate(descriptor["resources"]):
        at: Pointer = ("resources", index, "path")
        paths = resource.get("path", [])
        for path in [paths] if isinstance(paths, str) else paths:
            if path in seen:
                faults.append(Fault(at, f'"{path}" stands twice', "each file once"))
            seen.add(path)
        if not paths:
            faults.append(Fault(at, "the resource lists no file", "the path of its extract, or a list of paths"))
        if "generated" in resource:
            faults.append(Fault((*at[:-1], "generated"), "an extract is not generated", "a resource with files"))
    return faults


def _roles(descriptor: dict[str, Any], foreign: tuple[str, ...]) -> Iterator[Fault]:
    """Roles that stand in the wrong contract; what one resource alone can be, said of two."""
    seen: set[tuple[str, str]] = set()
    for index, resource in enumerate(descriptor["resources"]):
        at: Pointer = ("resources", index, "role")
        role = resource.get("role", "")
        if role in foreign:
            where = "an extract, in raw/datapackage.json" if role in WRITTEN else "a published table"
            yield Fault(at, f'"{role}" is not a role of this contract', f"it on {where}", "Move it")
        for word in ("role", "generated"):
            value = resource.get(word, "")
            if value and (word, value) in seen:
                yield Fault((*at[:-1], word), f'"{word}": "{value}" stands twice', "each once", "Remove one")
            seen.add((word, value))


def _package(descriptor: dict[str, Any]) -> Iterator[Fault]:
    for unknown in sorted(descriptor.keys() - _PACKAGE):
        yield typo((), unknown, _PACKAGE)
    yield from _identity(descriptor)
    for key, needed in (("licenses", ("name", "path")), ("contributors", ("title",))):
        found = descriptor.get(key)
        if not isinstance(found, list) or not found:
            yield Fault((key,), f'the package has no "{key}"', "a list of at least one", "Add it: users need it")
            continue
        for index, item in enumerate(found):
            if not _is_item(item) or not any(_is_text(item.get(word)) for word in needed):
                yield Fault((key, index), "it says nothing", f"an object with {' or '.join(needed)}")
    yield from _words(descriptor)
    yield from lint_credits(descriptor)
    yield from _limits(descriptor)


def _limits(descriptor: dict[str, Any]) -> Iterator[Fault]:
    limits = descriptor.get("limits", {})
    if not isinstance(limits, dict):
        yield Fault(("limits",), "the limits are no object", "an object with " + ", ".join(_LIMITS))
        return
    for word, limit in limits.items():
        if word not in _LIMITS:
            yield typo(("limits",), word, _LIMITS)
        elif type(limit) is not int or limit < 0:
            yield Fault(("limits", word), f"{json.dumps(limit)} is no limit", "a whole number from 0")


def _identity(descriptor: dict[str, Any]) -> Iterator[Fault]:
    """Name, title and version: what a citation stands on."""
    if descriptor.get("$schema", _PROFILES[0]) not in _PROFILES:
        yield Fault(("$schema",), f'"{descriptor["$schema"]}" is not a known profile', _PROFILES[0])
    for key in ("name", "title", "version"):
        if not _is_text(descriptor.get(key)):
            yield Fault((key,), f'the package has no "{key}"', "text", "Nobody can cite data without it: add it")
    if isinstance(title := descriptor.get("title"), str) and not title.isprintable():
        yield Fault(("title",), "the title has a line break or a control character", "one line of text")
    if isinstance(name := descriptor.get("name"), str) and not _NAME.fullmatch(name):
        yield Fault(("name",), f'"{name}" is not a package name', "lower-case letters, digits, _ and - only")
    if isinstance(version := descriptor.get("version"), str) and not _SEMVER.fullmatch(version):
        yield Fault(("version",), f'"{version}" is not a version', "MAJOR.MINOR.PATCH, e.g. 0.1.0")


def _words(descriptor: dict[str, Any]) -> Iterator[Fault]:
    """What is not needed but, where it is given, goes into a release's texts."""
    for key in ("description", "homepage", "rights", "id", "image", "created"):
        if not isinstance(descriptor.get(key, ""), str):
            yield Fault((key,), f"{descriptor[key]!r} is not a text", "text")
    for key, needed in (("sources", ("title",)), ("notes", ("title", "text"))):
        items = descriptor.get(key, [])
        if not isinstance(items, list):
            yield Fault((key,), f"{items!r} is not a list", "a list of objects")
            continue
        for index, item in enumerate(items):
            if not _is_item(item) or not all(_is_text(item.get(word)) for word in needed):
                yield Fault((key, index), "it says too little", f"an object with {' and '.join(needed)}")
    keywords = descriptor.get("keywords", [])
    if not isinstance(keywords, list) or not all(map(_is_text, keywords)):
        yield Fault(("keywords",), f"{keywords!r} is not a list of texts", 'texts, e.g. ["trees"]')


def _is_item(item: Any) -> bool:
    """Whether an item of such a list is an object whose words are texts."""
    words = ("name", "title", "path", "text", "author", "email", "organization", "role", "givenName", "familyName")
    if not isinstance(item, dict) or not all(isinstance(item.get(word, ""), str) for word in words):
        return False
    roles = item.get("roles", [])
    return isinstance(roles, list) and all(map(_is_text, roles))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _resource(at: Pointer, resource: Any) -> Iterator[Fault]:
    if not isinstance(resource, dict):
        yield Fault(at, "the resource is not an object", "an object with name, path and schema")
        return
    name = resource.get("name")
    if resource.get("generated") == "changes":
        # Like the other tables that the engine adds to a release.
        if name != "_changes":
            yield Fault((*at, "name"), f"{name!r} is not the name of what changed", "_changes")
    elif not isinstance(name, str) or not _NAME.fullmatch(name):
        yield Fault((*at, "name"), f"{name!r} is not a resource name", "lower-case letters, digits, _ and - only")
    yield from _supported(at, resource)
    yield from _paths((*at, "path"), resource)
    if isinstance(resource.get("schema"), dict):
        yield from lint_schema((*at, "schema"), resource["schema"])
    else:
        yield Fault((*at, "schema"), "there is no schema", "a Table Schema object in the descriptor itself")


def _supported(at: Pointer, resource: dict[str, Any]) -> Iterator[Fault]:
    for unknown in sorted(resource.keys() - _KNOWN):
        yield typo(at, unknown, _KNOWN - _REFUSED.keys())
    for key, allowed in _RESOURCE.items():
        if key in resource and resource[key] not in allowed:
            yield Fault((*at, key), f"{resource[key]!r} is not supported", " or ".join(map(repr, allowed)))
    for key in ("title", "description"):
        if not isinstance(resource.get(key, ""), str):
            yield Fault((*at, key), f"{resource[key]!r} is not a text", "text")
    for key, words in _REFUSED.items():
        if key in resource:
            yield Fault((*at, key), f"{words} are not supported", "the path of a file alone", "Remove it")
    dialect = resource.get("dialect", {})
    for key, value in dialect.items() if isinstance(dialect, dict) else [("dialect", dialect)]:
        if value != _DIALECT.get(key, object()):
            found = f"{value!r} is not supported"
            yield Fault((*at, "dialect", key), found, repr(_DIALECT.get(key, "absent")), "Write the CSV that way")


def _paths(at: Pointer, resource: dict[str, Any]) -> Iterator[Fault]:
    paths = resource.get("path", [])
    for path in [paths] if isinstance(paths, str) else paths if isinstance(paths, list) else [paths]:
        if not isinstance(path, str) or not path:
            yield Fault(at, f"{path!r} is not a path", "a relative path with / between folders")
        elif re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|[/~\\]", path) or ".." in path.split("/") or "\\" in path:
            yield Fault(at, f'"{path}" leaves the package', "a relative path inside it, with no .. and no URL")


def _names(descriptor: dict[str, Any]) -> Iterator[Fault]:
    """Names that would collide in a database, where case does not count, or that the engine keeps for itself."""
    seen: dict[str, str] = {}
    for kind in ("resources", "views"):
        items = descriptor.get(kind, [])
        for index, item in enumerate(items if isinstance(items, list) else []):
            name = item.get("name") if isinstance(item, dict) else None
            if not isinstance(name, str):
                continue
            at: Pointer = (kind, index, "name")
            if name.lower() in seen:
                yield Fault(at, f'"{name}" collides with "{seen[name.lower()]}"', "names that differ", "Rename one")
            if name in _RESERVED or name in _keywords():
                yield Fault(at, f'the name "{name}" is reserved', "another name", "Rename it")
            seen[name.lower()] = name


@functools.cache
def _keywords() -> frozenset[str]:
    """Words that SQL users would have to quote every time."""
    import duckdb

    rows = duckdb.execute("SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'").fetchall()
    return frozenset(row[0] for row in rows)


def _views(descriptor: dict[str, Any]) -> Iterator[Fault]:
    views = descriptor.get("views", [])
    if not isinstance(views, list):
        yield Fault(("views",), f"{views!r} is not a list", "a list of views")
        return
    for index, view in enumerate(views):
        if isinstance(view, dict):
            yield from _view(("views", index), view)
        else:
            yield Fault(("views", index), "the view is not an object", "an object with " + ", ".join(_VIEW))


def _view(at: Pointer, view: dict[str, Any]) -> Iterator[Fault]:
    for key in ("name", "title", "description"):
        if not isinstance(view.get(key), str):
            yield Fault((*at, key), f'the view has no "{key}"', "text")
    if isinstance(name := view.get("name"), str) and not _NAME.fullmatch(name.lower()):
        yield Fault((*at, "name"), f'"{name}" is not a view name', "letters, digits, _ and - only")
    for extra in sorted(view.keys() - set(_VIEW)):
        yield typo(at, extra, _VIEW)
    if not isinstance(view.get("traced", False), bool):
        yield Fault((*at, "traced"), f"{view['traced']!r} is of the wrong kind", "true or false")
    fields = view.get("fields")
    if not isinstance(fields, list) or not fields:
        yield Fault((*at, "fields"), "the view has no fields", "name and description of each column")
        return
    for number, field in enumerate(fields):
        if not isinstance(field, dict) or not all(isinstance(field.get(key), str) for key in _COLUMN):
            yield Fault((*at, "fields", number), "the column is not described", 'a "name" and a "description"')
            return
    if view.get("traced") and [field["name"] for field in fields[:2]] != ["table_name", "row_key"]:
        yield Fault((*at, "fields"), "a traced view tells of rows", "table_name and row_key as its first columns")
