"""Releasing a version: the current build frozen in `dist/releases/<version>/`, for good."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fmdata.changelog import FILE, dates, read, with_release
from fmdata.contract import load
from fmdata.errors import FmdataError
from fmdata.history import RELEASES, Version, parse
from fmdata.history.releases import CHANGES, parts, released
from fmdata.progress import Progress
from fmdata.record import Release
from fmdata.swap import replace_files, swap, work_folder
from fmdata.writers.archive import write_sums

_INPUTS = ("raw", "pipeline", "datapackage.json", "LICENSE", FILE)


@dataclass(frozen=True)
class Frozen:
    """A release: its version, date and folder; `changes` are those since the version before, for people."""

    version: Version
    date: str
    folder: Path
    changes: tuple[str, ...]
