"""Reading a descriptor: strict JSON in, a `Package` or every fault of the descriptor with its line out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fmdata.contract.lint import Fault, lint, lint_manifest, lint_published
from fmdata.contract.model import Field, ForeignKey, Package, Resource, View
from fmdata.contract.pointers import Pointer
from fmdata.contract.release import without_added
from fmdata.errors import CheckError, Failure, FmdataError

_SPACE = re.compile(r"[ \t\n\r]*")


def load(root: Path, path: str = "datapackage.json", extracts: bool = False) -> Package:
    """The contract at `root/path`; that of `extracts` lists its files.

    Raises `FmdataError` for a file that is no JSON, `CheckError` for its faults.
    """
    text = _read(root, path)
    descriptor = _parse(text, path)
    manifest = has_manifest(root)
    if faults := lint(descriptor) or (lint_manifest(descriptor) if extracts else lint_published(descriptor, manifest)):
        raise CheckError([_failure(path, text, fault) for fault in faults])
    return _package(root, path, descriptor)


def load_published(folder: Path, path: str = "datapackage.json") -> Package:
    """The contract that a release carries at `folder/path`, with what its writer added. Raises as `load` does."""
    text = _read(folder, path)
    descriptor = _parse(text, path)
    if faults := lint(without_added(descriptor)):
        raise CheckError([_failure(path, text, fault) for fault in faults])
    return _package(folder, path, descriptor)


def _package(root: Path, path: str, descriptor: dict[str, Any]) -> Package:
    resources = tuple(_resource(r) for r in descriptor["resources"])
    views = tuple(
        View(
            v["name"],
            v["title"],
            v["description"],
            tuple((f["name"], f["description"]) for f in v["fields"]),
            v.get("traced", False),
        )
        for v in descriptor.get("views", [])
    )
    return Package(root, path, descriptor, resources, views)


def has_manifest(root: Path) -> bool:
    """Whether the extracts of a project have a contract of their own."""
    return (root / "raw" / "datapackage.json").exists()


def _read(root: Path, path: str) -> str:
    try:
        return (root / path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise FmdataError(
            f"{path}: there is no such file in {root}; expected the project's Data Package descriptor. "
            "Run fmdata in the project's folder, or name it with --root."
        ) from None
    except (UnicodeDecodeError, OSError) as error:
        raise FmdataError(f"{path}: cannot be read ({error}); expected a JSON file in UTF-8.") from None


def _parse(text: str, path: str) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise FmdataError(f'{path}: the property "{twice}" stands twice in one object. Keep one of them.')
        return found

    try:
        descriptor = json.loads(text, object_pairs_hook=once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        place = f"{path}:{error.lineno}:{error.colno}"
        raise FmdataError(f"{place}: not JSON ({error.msg}); expected a Data Package descriptor.") from None
    except (ValueError, RecursionError) as error:
        raise FmdataError(f"{path}: cannot be read as JSON ({error}); expected a Data Package descriptor.") from None
    if not isinstance(descriptor, dict):
        raise FmdataError(f"{path}:1: the descriptor is not a JSON object; expected a Data Package descriptor.")
    try:
        json.dumps(descriptor, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = error.object[error.start].encode("unicode_escape").decode()
        place = f"{path}:{text[: max(text.lower().find(half), 0)].count(chr(10)) + 1}"
        raise FmdataError(f"{place}: {half} is half a character; expected the escapes of both halves.") from None
    return descriptor


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no JSON")


def _failure(path: str, text: str, fault: Fault) -> Failure:
    line, column = _position(text, fault.pointer)
    where = ".".join(map(str, fault.pointer))
    return Failure(path, line, column, "", where, "descriptor", fault.found, fault.expected, fault.advice)


def position_in(package: Package, pointer: Pointer) -> tuple[int, int]:
    """Line and column, in the descriptor's file, of the value that a pointer leads to."""
    return _position(_read(package.root, package.path), pointer)


def with_version(package: Package, version: str) -> str:
    """The text of the descriptor's file with another version, each of its lines where it was."""
    text = _read(package.root, package.path)
    line, column = _position(text, ("version",))
    at = len("\n".join(text.split("\n")[: line - 1])) + column - (line == 1)
    return text[:at] + json.dumps(version) + text[json.JSONDecoder().raw_decode(text, at)[1] :]


def _position(text: str, pointer: Pointer) -> tuple[int, int]:
    """Line and column of the value a pointer leads to, or of the nearest enclosing value there is."""
    at = _space(text, 0)
    for step in pointer:
        inner = next((place for key, place in members(text, at) if key == step), None)
        if inner is None:
            break
        at = inner
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def members(text: str, at: int) -> Iterator[tuple[str | int, int]]:
    """The members of the JSON object or array at `at`, each with the place of its value; of other values none."""
    decoder, opening = json.JSONDecoder(), text[at]
    at, index = _space(text, at + 1), 0
    while opening in "{[" and text[at] not in "}]":
        key: str | int = index
        if opening == "{":
            key, at = decoder.raw_decode(text, at)
            at = _space(text, _space(text, at) + 1)
        yield key, at
        at = _space(text, decoder.raw_decode(text, at)[1])
        at, index = _space(text, at + (text[at] == ",")), index + 1


def _space(text: str, at: int) -> int:
    """The first place from `at` on where there is no white space."""
    return _SPACE.match(text, at).end()  # type: ignore[union-attr]


def _resource(descriptor: dict[str, Any]) -> Resource:
    schema = descriptor["schema"]
    missing = schema.get("missingValues", [""])
    name = descriptor["name"]
    return Resource(
        name=name,
        descriptor=descriptor,
        fields=tuple(_field(f, missing) for f in schema["fields"]),
        primary_key=names(schema.get("primaryKey", ())),
        unique_keys=tuple(names(key) for key in schema.get("uniqueKeys", ())),
        foreign_keys=tuple(
            ForeignKey(
                names(key["fields"]),
                key["reference"].get("resource") or name,
                names(key["reference"]["fields"]),
            )
            for key in schema.get("foreignKeys", ())
        ),
    )


def _field(descriptor: dict[str, Any], missing: list[Any]) -> Field:
    own = descriptor.get("missingValues", missing)
    texts = tuple(str(value["value"] if isinstance(value, dict) else value) for value in own)
    return Field(descriptor["name"], descriptor.get("type", "string"), descriptor, texts)


def names(value: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Field names as the specification lets them be written: one string or a list."""
    return (value,) if isinstance(value, str) else tuple(value)
