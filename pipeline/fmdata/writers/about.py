"""What a file says of the release that it is: the one row of the table `_release`."""

from __future__ import annotations

from fmdata import __version__
from fmdata.contract import Package

RELEASE_COLUMNS = {
    "name": "Short name of the dataset.",
    "title": "Title to cite the dataset by.",
    "version": "Version of the data.",
    "released": "Date of the release; empty for a build that is not one.",
    "description": "What the dataset is.",
    "licenses": "Licenses of the data.",
    "content_hash": "SHA-256 over the published CSV files: equal hashes mean equal data.",
    "engine": "The program that built this file, with its version.",
}


def release_row(package: Package, content_hash: str) -> list[str]:
    """The values of `RELEASE_COLUMNS`."""
    licenses = ", ".join(str(item.get("name") or item["path"]) for item in package.descriptor["licenses"])
    description = str(package.descriptor.get("description", package.descriptor["title"]))
    dated = str(package.descriptor.get("created", ""))[:10]
    named = [package.name, str(package.descriptor["title"]), package.version, dated]
    return [*named, description, licenses, content_hash, f"fmdata {__version__}"]
