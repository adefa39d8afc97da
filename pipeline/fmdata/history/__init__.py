"""What changed between two releases, and the version that it demands."""

from fmdata.history.bump import Minimum, Reason, minimum
from fmdata.history.difference import Difference, difference
from fmdata.history.published import RELEASES, Published, at_folder, opened, whole
from fmdata.history.row_changes import RowChange, RowChanges
from fmdata.history.schema_changes import SchemaChange, schema_changes
from fmdata.history.versions import Bump, Version, parse

__all__ = [
    "RELEASES",
    "Bump",
    "Difference",
    "Minimum",
    "Published",
    "Reason",
    "RowChange",
    "RowChanges",
    "SchemaChange",
    "Version",
    "at_folder",
    "difference",
    "minimum",
    "opened",
    "parse",
    "schema_changes",
    "whole",
]
