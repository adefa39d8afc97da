"""The judge that is on trial: the engine, through the one door of this file."""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from differential.case import Case, Verdicts
from fmdata.errors import CheckError
from fmdata.progress import Progress
from fmdata.release import check, check_data

# How many rows are looked at together in tables, and how many bytes of an extract.
BATCH, BLOCK = "fmdata.checks.rows.BATCH", "fmdata.extracts.blocks.BLOCK"


def judge(case: Case, batch: int | None = None) -> Verdicts:
    """What a check says of a case, without making the release of one that is sound.

    With `batch`, tables are looked at in batches of so many rows, and extracts in blocks of little more than a header.
    """
    with tempfile.TemporaryDirectory(prefix="case-") as folder, pytest.MonkeyPatch.context() as patch:
        if batch is not None:
            headers = (text.index("\n") for text in case.files.values())
            patch.setattr(BATCH, batch)
            patch.setattr(BLOCK, max(headers) + 10 * batch)
        return _told(case.write(Path(folder).resolve()), check_data)


def judge_whole(case: Case) -> Verdicts:
    """What a check that makes a release says of a case: the same as `judge`, but more slowly."""
    with tempfile.TemporaryDirectory(prefix="case-") as folder:
        return _told(case.write(Path(folder).resolve()), check)


def _told(root: Path, checked: Callable[[Path, Progress], object]) -> Verdicts:
    try:
        checked(root, lambda _: None)
    except CheckError as error:
        return _verdicts(root, error)
    return Counter()


class RefusedError(Exception):
    """The contract itself is refused."""


def _verdicts(root: Path, error: CheckError) -> Verdicts:
    unsound = [str(failure) for failure in error.failures if failure.rule == "descriptor"]
    if unsound:
        raise RefusedError(unsound)
    if error.file:
        # Too many to be raised: all of them stand in the report.
        with (root / error.file).open(encoding="utf-8", newline="") as report:
            return Counter((f["file"], int(f["line"]), f["field"], f["rule"]) for f in csv.DictReader(report))
    return Counter((f.file, f.line, f.field, f.rule) for f in error.failures)
