"""What a release says of itself to catalogues, in the form that each of them reads. One module a form."""

from __future__ import annotations

from pathlib import Path

from fmdata.contract import Package
from fmdata.metadata.croissant import write_croissant
from fmdata.metadata.csvw import write_csvw
from fmdata.metadata.datacite import write_datacite
from fmdata.metadata.sssom import write_sssom
from fmdata.metadata.zenodo import write_zenodo

__all__ = ["write_croissant", "write_metadata"]


def write_metadata(package: Package, folder: Path) -> None:
    """Write every form to the release at `folder` but Croissant, which tells of the DuckDB file too."""
    write_csvw(package, folder)
    write_datacite(package, folder)
    write_sssom(package, folder)
    write_zenodo(package, folder)
