"""A project's tables, made on Spark out of its extracts: what a build does until they are checked."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

from fmdata.assemble import workspace
from fmdata.changes import dated
from fmdata.checks import key_questions, load_rules
from fmdata.contract import load
from fmdata.extracts import RAW, discover, manifest
from fmdata.failures import Failures
from fmdata.spark.answering import broken
from fmdata.spark.reading import files_of
from fmdata.spark.selecting import expose_extracts, select_tables
from fmdata.spark.staging import Staged
from fmdata.spark.storage import Folder, local
from fmdata.sql import Room


@contextmanager
def selected(spark, root: Path, scratch: Path):
    """The tables of a project as Spark makes them, checked by themselves. Raises what is wrong with it."""
    package = dated(load(root))
    raw = manifest(package)
    own = raw.path != package.path
    folder = Folder(spark, local(root / RAW))
    with workspace(Room(200_000_000, scratch)) as con, Failures(root) as found, Failures(root) as made:
        extracts, failures = discover(root, raw)
        staged = Staged(spark, folder, Folder(spark, local(scratch / "raw")), files_of(folder))
        for extract in extracts:
            staged.take_in(extract, {failure.file for failure in failures}, [] if own else None)
        staged.refuse(failures)
        staged.tell({}, found)
        found.raise_overflow()
        expose_extracts(spark, raw, staged)
        if own:
            for resource in raw:
                for question in key_questions("raw", resource):
                    found.add(broken(spark, question))
            found.raise_any()
        tables = select_tables(con, package, raw, staged, Folder(spark, local(scratch / "main")), made)
        made.raise_overflow()
        found.extend(made.kept)
        tables.check(load_rules(package), found)
        for table in tables.tables:
            for question in key_questions("main", package.resource(table)):
                found.add(broken(spark, question))
        found.raise_any()
        yield package, tables
