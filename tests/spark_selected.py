"""A project's tables, made on Spark out of its extracts, its anchors not looked at."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

from fmdata.changes import dated
from fmdata.contract import load
from fmdata.extracts import manifest
from fmdata.failures import Failures
from fmdata.spark.checking import checked
from fmdata.spark.storage import Folder, local


@contextmanager
def selected(spark, root: Path, scratch: Path):
    """The tables of a project as Spark makes them, checked by themselves. Raises what is wrong with it."""
    package = dated(load(root))
    with Failures(root) as found:
        folder = Folder(spark, local(scratch))
        yield package, checked(spark, package, manifest(package), None, None, folder, found, lambda _: None)
