"""Which files are the extracts of which resource.

With a `raw/datapackage.json`, its paths are the manifest: a file that is listed and absent, or there and not listed,
is a failure, so that no extract is lost or slips in. Without one, the root contract is the contract of the extracts
too, and the files of a resource are `raw/<name>.csv` and `raw/<folder>/<name>.csv`, or with another end that `FORMS`
has for the name of an extract.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from fmdata.contract import Package, Resource, has_manifest, load
from fmdata.contract.roles import ANCHOR_AGAIN, WRITTEN
from fmdata.errors import Failure, FmdataError
from fmdata.extracts.unpack import FORMS, suffix
from fmdata.files import refuse

RAW = "raw"
_NOTES = ("datapackage.json", "README.md")


@dataclass(frozen=True)
class Extract:
    """The files of one resource, as sorted paths relative to the project's root."""

    resource: Resource
    files: tuple[str, ...]


def manifest(contract: Package) -> Package:
    """The contract of the extracts: `raw/datapackage.json` if there is one, else the root contract itself."""
    if not has_manifest(contract.root):
        return replace(contract, resources=tuple(r for r in contract if not r.generated))
    return load(contract.root, f"{RAW}/datapackage.json", extracts=True)


def discover(
    root: Path, package: Package, elsewhere: Iterable[str] | None = None
) -> tuple[list[Extract], list[Failure]]:
    """The extracts of each resource of `package`, in its order, and what is wrong with the set of files.

    Where they are not below `root`, `elsewhere` are all files there, by the paths they would have.
    """
    failures: list[Failure] = []
    if elsewhere is not None:
        there = [path for path in elsewhere if _is_extract(path)]
    elif (root / RAW).is_dir():
        there = list(_files(root, failures))
    else:
        raise FmdataError(f"{RAW}/: there is no such folder; expected the extracts, one file a table or more.")
    if has_manifest(root):
        listed = {r.name: tuple(f"{RAW}/{path}" for path in r.paths) for r in package}
    else:
        listed = {r.name: tuple(p for p in there if _stem(p) == r.name) for r in package}
    known = {path for paths in listed.values() for path in paths}
    for path in sorted(set(there) - known):
        advice = f"List it in {package.path}, correct its name, or remove it"
        failures.append(Failure(path, rule="unknown file", found="the contract knows no such file", advice=advice))
    for resource in package:
        paths = listed[resource.name]
        if not paths and not any(f.file == f"{RAW}/{resource.name}{end}" for f in failures for end in FORMS):
            found = f"there is no extract of the resource {resource.name}"
            file = f"{RAW}/{resource.name}.csv"
            wanted = f"{file} or {RAW}/<folder>/{resource.name}.csv, or one ending in {', '.join([*FORMS][1:])}"
            failures.append(Failure(file, rule="missing file", found=found, expected=wanted))
        for path in sorted(set(paths) - set(there)):
            if not any(f.file == path for f in failures):
                found = f"there is no such file, but {package.path} lists it"
                made = f"{ANCHOR_AGAIN}, or unlist it" if resource.role in WRITTEN else "Restore or unlist it"
                failures.append(Failure(path, rule="missing file", found=found, advice=made))
        failures += _twice([path for path in sorted(paths) if path in there])
    return [Extract(r, tuple(sorted(listed[r.name]))) for r in package], failures


def _is_extract(path: str) -> bool:
    """Whether a file is neither hidden nor a note."""
    parts = path.split("/")
    return not any(part.startswith(".") for part in parts) and parts[-1] not in _NOTES


def _stem(path: str) -> str:
    """The resource a path would belong to without a manifest; deeper folders belong to none."""
    parts = path.split("/")
    return parts[-1].removesuffix(suffix(path)) if len(parts) <= 3 and suffix(path) else ""


def _twice(paths: list[str]) -> Iterator[Failure]:
    """Extracts that stand beside themselves in another form: a file was compressed and kept, and one of them is old."""
    first: dict[str, str] = {}
    for path in paths:
        if (other := first.setdefault(path.removesuffix(suffix(path)), path)) != path:
            found, advice = f"the same extract stands beside it as {other}", "Remove the one that is not wanted"
            failure = Failure(path, rule="two forms", found=found, expected="one file an extract", advice=advice)
            yield failure


def _files(root: Path, failures: list[Failure]) -> Iterator[str]:
    """Every file under raw/, notes and hidden files aside; links are failures, since they may lead anywhere."""
    if (root / RAW).is_symlink():
        failures.append(Failure(RAW, rule="symlink", found="a symbolic link", expected="a folder of its own"))
    for folder, folders, files in os.walk(root / RAW, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted([*files, *folders]):
            path = Path(folder, name)
            shown = path.relative_to(root).as_posix()
            if not shown.isprintable():
                shown = shown.encode("unicode_escape").decode("ascii")
                found = "a name with characters that are not printable UTF-8"
                folders[:] = [folder for folder in folders if folder != name]
                failures.append(Failure(shown, rule="file name", found=found, advice="Rename it"))
            elif path.is_symlink():
                found = "a symbolic link"
                failures.append(Failure(shown, rule="symlink", found=found, expected="a file of its own"))
            elif path.is_file() and _is_extract(name):
                yield shown
