"""An RO-Crate of a release: its files, and ro-crate-metadata.json that says what each of them is.

Source: RO-Crate 1.2 (JSON-LD, flattened: each thing once, named by its @id). Made on request, never by a build.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fmdata.about import About, Agent, Licence, Source, about, given
from fmdata.contract import Package
from fmdata.contract.load import load_published
from fmdata.errors import FmdataError
from fmdata.metadata.form import as_agent, as_work, media_type, write_json
from fmdata.writers.archive import SUMS, files, read_sums
from fmdata.writers.csv import DATA

FILE = "ro-crate-metadata.json"
_SPECIFICATION = "https://w3id.org/ro/crate/1.2"


def write_crate(release: Path, folder: Path) -> None:
    """Fill the new folder `folder` with an RO-Crate of the whole release at `release`.

    Raises `FmdataError` for a release without a date, which a crate must have.
    """
    package = load_published(release)
    told = about(package)
    if not told.date:
        found = f"{package.name} {package.version} is no release: it has no date"
        raise FmdataError(f"{release}: {found}, and an RO-Crate must have one. Release it, or name a release.")
    hashes = dict(read_sums(release))
    for file in (*files(release), SUMS):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(release / file, folder / file)
    graph = _graph(package, told, folder, hashes)
    write_json(folder / FILE, {"@context": f"{_SPECIFICATION}/context", "@graph": graph})


def is_crate(folder: Path) -> bool:
    """Whether a folder holds such a crate and nothing else."""
    if not (folder / FILE).is_file() or not (folder / SUMS).is_file():
        return False
    found = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if not file.is_dir()}
    return found == {*(file for file, _ in read_sums(folder)), SUMS, FILE}


def _graph(package: Package, told: About, made: Path, hashes: dict[str, str]) -> list[dict[str, Any]]:
    there = [*files(made), SUMS]
    words = {f"{DATA}/{resource.name}.csv": (resource.title, resource.description) for resource in package}
    about_it = {"@type": "CreativeWork", "@id": FILE, "about": {"@id": "./"}, "conformsTo": {"@id": _SPECIFICATION}}
    things = [
        about_it,
        _root(told, there),
        *(_file(file, made, hashes.get(file, ""), *words.get(file, ("", ""))) for file in there),
        *_people(told),
        *(_licence(licence, number) for number, licence in enumerate(told.licences)),
        *(_work(source, number) for number, source in enumerate(told.sources)),
    ]
    return list({thing["@id"]: thing for thing in things}.values())


def _root(told: About, there: list[str]) -> dict[str, Any]:
    return given({
        "@id": "./",
        "@type": "Dataset",
        "name": told.title,
        "alternateName": told.name,
        "description": told.summary,
        "datePublished": told.date,
        "version": told.version,
        "identifier": [word for word in (told.address, told.id) if word],
        "url": told.homepage,
        "keywords": list(told.keywords),
        "license": [{"@id": _licence_id(licence, number)} for number, licence in enumerate(told.licences)],
        "author": [{"@id": _id(agent)} for agent in told.creators],
        "contributor": [{"@id": _id(agent)} for agent in told.contributors],
        "publisher": {"@id": _id(told.publisher)} if told.publisher else None,
        "isBasedOn": [{"@id": f"#source-{number + 1}"} for number, _ in enumerate(told.sources)],
        "hasPart": [{"@id": file} for file in there],
    })  # fmt: skip


def _file(file: str, made: Path, sha256: str, title: str, description: str) -> dict[str, Any]:
    return given({
        "@id": file,
        "@type": "File",
        "name": title or file,
        "description": description,
        "contentSize": str((made / file).stat().st_size),
        "encodingFormat": media_type(file),
        "sha256": sha256,
    })  # fmt: skip


def _people(told: About) -> Iterator[dict[str, Any]]:
    publisher = (told.publisher,) if told.publisher else ()
    for agent in dict.fromkeys((*told.creators, *told.contributors, *publisher)):
        record = as_agent(agent)
        if agent.affiliation:
            group = f"#organization-{agent.affiliation}"
            yield {"@id": _reference(group), "@type": "Organization", "name": agent.affiliation}
            record["affiliation"] = {"@id": _reference(group)}
        yield {"@id": _id(agent), **record}


def _id(agent: Agent) -> str:
    return agent.url or _reference(f"#agent-{agent.name}")


def _reference(text: str) -> str:
    """A name inside the crate, with nothing that an IRI must not have."""
    return "".join(sign if sign.isalnum() or sign in "#-" else "-" for sign in text)


def _licence_id(licence: Licence, number: int) -> str:
    spdx = f"https://spdx.org/licenses/{licence.spdx}" if licence.spdx else ""
    return licence.url or spdx or f"#licence-{number + 1}"


def _licence(licence: Licence, number: int) -> dict[str, Any]:
    identifier = licence.spdx or licence.name
    return given({
        "@id": _licence_id(licence, number),
        "@type": "CreativeWork",
        "name": licence.words,
        "identifier": identifier,
        "description": licence.title or identifier,
    })  # fmt: skip


def _work(source: Source, number: int) -> dict[str, Any]:
    record = as_work(source)
    # Flat: who wrote it stands in words.
    record["author"] = ", ".join(author.name for author in source.authors)
    record["publisher"] = source.publisher
    return given({"@id": f"#source-{number + 1}", **record})
