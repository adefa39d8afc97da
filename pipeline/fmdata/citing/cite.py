"""Citing a query: run locked down, proved to be stable, its works credited, its record written."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fmdata import __version__
from fmdata.citing.archive import Archived, archived
from fmdata.citing.crediting import Credited, credited
from fmdata.citing.record import FOLDER, FORMAT, VERSION, Record, identifier, read, sealed, write
from fmdata.citing.sandbox import Examined, Result, Sandbox
from fmdata.citing.stable import stable
from fmdata.errors import FmdataError
from fmdata.progress import Progress, Step
from fmdata.references import query_item
from fmdata.references.styles import DEFAULT, bibliography

# Rows are kept in a record if their JSON has at most so many characters: then it can tell which ones changed.
KEPT = 200_000


@dataclass(frozen=True)
class Limits:
    """What a run of a query may take: bytes of memory, and seconds."""

    memory: int
    timeout: float


def cite(root: Path, sql: str, place: str, limits: Limits, progress: Progress) -> Record:
    """The record of a query of the release that `place` names, written unless it stands already.

    Raises `FmdataError` for a query that cannot be cited, and for a release that nobody could get again.
    """
    with tempfile.TemporaryDirectory(prefix="fmdata-") as aside:
        scratch = Path(aside)
        progress(Step("opening the release"))
        with (
            archived(place, root, scratch) as release,
            Sandbox(release.database, scratch, limits.memory, limits.timeout) as sandbox,
        ):
            asked = sandbox.examine(sql)
            progress(Step("asking in several orders"))
            found = stable(sandbox, asked, KEPT)
            own = identifier(release.package.version, release.content, asked.normal)
            if (root / FOLDER / f"{own}.json").exists():
                record = _standing(root, own, found)
            else:
                progress(Step("looking for the works behind the rows"))
                record = _record(own, release, asked, found, credited(release, asked, sandbox))
    write(root, record)
    return record


def _standing(root: Path, own: str, found: Result) -> Record:
    """The record that stands, if it says what was found now."""
    record = read(root, own)
    if record["answer"]["hash"] != f"sha256:{found.hash}":
        raise FmdataError(f"{FOLDER}/{own}.json: it tells of another answer. fmdata resolve {own} shows what differs.")
    return record


def _record(own: str, release: Archived, asked: Examined, found: Result, credits: Credited) -> Record:
    import duckdb

    package = release.package
    item = query_item(package, own, notes=(f"Result hash sha256:{found.hash}",))
    answer: dict[str, Any] = {"rows": found.count, "columns": found.columns, "hash": f"sha256:{found.hash}"}
    if found.kept is not None:
        answer["kept"] = [json.loads(row) for row in found.kept]
    return sealed(
        {
            "format": f"{FORMAT} {VERSION}",
            "id": own,
            "citation": bibliography([item], DEFAULT)[0],
            "release": {
                "name": package.name,
                "title": package.descriptor["title"],
                "version": package.version,
                "released": release.released,
                "contentHash": f"sha256:{release.content}",
            },
            "query": {"written": asked.written, "normalised": asked.normal},
            "answer": answer,
            "item": item,
            "credited": credits.told,
            "creditsComplete": credits.complete,
            "references": credits.items,
            "program": {"fmdata": __version__, "DuckDB": duckdb.__version__},
        }
    )
