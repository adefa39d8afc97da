"""What the tests of the Spark engine share, beside its session."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import fmdata.release
from fmdata.errors import CheckError, FmdataError
from fmdata.files import forget_report

Told = tuple[Any, ...]


@pytest.fixture
def splits(spark: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Have files read in splits of so many bytes, however small they are."""
    from fmdata.spark import reading

    setting = "spark.sql.files.maxPartitionBytes"
    before = spark.conf.get(setting)

    def split(size: int) -> None:
        monkeypatch.setattr(reading, "WHOLE", size)
        spark.conf.set(setting, str(size))

    yield split
    spark.conf.set(setting, before)


def told(build: Callable[[], fmdata.release.Release]) -> Told:
    """How a build ends: with a content hash and rows, with failures, or with an error."""
    try:
        release = build()
    except CheckError as error:
        return ("failures", error.failures, dict(error.counts), error.file)
    except FmdataError as error:
        return ("error", str(error))
    return ("built", release.content, release.counts)


@pytest.fixture
def both(spark: Any) -> Callable[[Path], tuple[Told, Told]]:
    """Build a project on Spark, then by the local engine: how each ends."""
    from fmdata.spark.build import build, prepared

    def run(root: Path) -> tuple[Told, Told]:
        on_spark = told(lambda: build(spark, prepared(root), lambda _: None))
        shutil.rmtree(root / "dist/latest", ignore_errors=True)
        forget_report(root)
        return on_spark, told(lambda: fmdata.release.build(root, lambda _: None))

    return run
