"""The record of a citation, `citations/<id>.json`: all that is needed to cite a query, and to tell if it still holds.

It holds no clock: a release does not change, so its date says when these rows were to be had (RDA's R7). What follows
from release and query is the same in each record of them, to the byte, as long as the program is the same; a record
that stands is never written again (R4, R5: one query, one identifier).
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from fmdata.citing.answer import encoded
from fmdata.citing.page import page
from fmdata.errors import FmdataError, quote
from fmdata.swap import replace_files

FOLDER = "citations"
FORMAT = "fmdata citation"
VERSION = 1
Record = dict[str, Any]
_ID = re.compile(r"[0-9a-f]{16}")
_SHAPE: dict[str, type | tuple[type, ...] | dict[str, type]] = {
    "id": str,
    "citation": str,
    "release": {"name": str, "title": str, "version": str, "released": str, "contentHash": str},
    "query": {"written": str, "normalised": str},
    "answer": {"rows": int, "columns": list, "hash": str},
    "item": dict,
    "credited": list,
    "creditsComplete": bool,
    "references": list,
    "program": dict,
}
# What stands in a list of the record, and what each of it has.
_WITHIN: dict[tuple[str, ...], type | dict[str, type | tuple[type, ...]]] = {
    ("answer", "columns"): {"name": str, "kind": (str, list), "type": str},
    ("answer", "kept"): list,
    ("credited",): {"key": str, "kind": str, "text": str},
    ("references",): dict,
}


def identifier(version: str, content: str, normal: str) -> str:
    """The id of a citation: 16 hexadecimal digits that follow from release and query."""
    return hashlib.sha256(encoded([version, content, normal]).encode()).hexdigest()[:16]


def sealed(record: Record) -> Record:
    """A record with a hash of all of it, by which a change by mistake shows."""
    return {**record, "seal": f"sha256:{_seal(record)}"}


def known(root: Path) -> list[str]:
    """The ids of all citations of a project, sorted."""
    return sorted(file.stem for file in (root / FOLDER).glob("*.json"))


def read(root: Path, own: str) -> Record:
    """The record of a citation. Raises `FmdataError` if there is none, or it is not as it was written."""
    if not _ID.fullmatch(own) or not (root / FOLDER / f"{own}.json").is_file():
        there = known(root)
        told = f"expected one of {', '.join(there[:5])}{' …' * (len(there) > 5)}" if there else "there is none yet"
        raise FmdataError(f"there is no citation {quote(own)}; {told}. fmdata cite makes them.")
    place = f"{FOLDER}/{own}.json"
    try:
        record = json.loads((root / FOLDER / f"{own}.json").read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise FmdataError(f"{place}: cannot be read as JSON ({error}). Restore it.") from None
    _expect(record, own, place)
    return record  # type: ignore[no-any-return]


def write(root: Path, record: Record) -> tuple[Path, Path]:
    """Write a record and its page, both or neither; returns their files."""
    files = (root / FOLDER / f"{record['id']}.json", root / FOLDER / f"{record['id']}.html")
    text = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
    replace_files(dict(zip(files, (text, page(record)), strict=True)))
    return files


def _expect(record: Any, own: str, place: str) -> None:
    named = record.get("format") if isinstance(record, dict) else None
    kind, _, version = str(named).rpartition(" ")
    if kind != FORMAT or not version.isdecimal():
        raise FmdataError(f'{place}: not a citation; expected the format "{FORMAT} {VERSION}". Restore it.')
    if int(version) != VERSION:
        found = f'{place}: it is of the format "{named}"; this program knows {VERSION}'
        raise FmdataError(f"{found}. Use a newer version of fmdata.")
    if record.get("seal") != f"sha256:{_seal({word: record[word] for word in record if word != 'seal'})}":
        raise FmdataError(f"{place}: it was changed since it was written: its seal is another. Restore it.")
    if wrong := [word for word, shape in _SHAPE.items() if not _is(record.get(word), shape)]:
        raise FmdataError(f"{place}: {wrong[0]} is not what a citation has there. Restore it.")
    for path, shape in _WITHIN.items():
        found = record if len(path) == 1 else record[path[0]]
        listed = found.get(path[-1], [])
        if not isinstance(listed, list) or not all(_is(one, shape) for one in listed):
            raise FmdataError(f"{place}: {'.'.join(path)} is not what a citation has there. Restore it.")
    release, query = record["release"], record["query"]
    content = release["contentHash"].removeprefix("sha256:")
    if record["id"] != own or own != identifier(release["version"], content, query["normalised"]):
        raise FmdataError(f"{place}: its name is not the id of its release and query. Restore it.")


def _is(value: Any, shape: Any) -> bool:
    if isinstance(shape, dict):
        return isinstance(value, dict) and all(isinstance(value.get(word), kind) for word, kind in shape.items())
    return isinstance(value, shape)


def _seal(record: Record) -> str:
    return hashlib.sha256(encoded(record).encode()).hexdigest()
