"""The rules by which a change raises a version.

Source: the Data Package recipe "Data Package Version", https://datapackage.org/recipes/data-package-version/. Where it
does not speak of a case, the rule says so in its own words.
"""

from __future__ import annotations

from typing import NamedTuple

from fmdata.contract import Resource
from fmdata.history.versions import Bump


class Rule(NamedTuple):
    """What a change is called, which number it raises, and why."""

    name: str
    bump: Bump
    why: str

    def __str__(self) -> str:
        return self.name


IDENTITY = Rule(
    "name or identifier changed", Bump.MAJOR, "what names a package, table or field by its old name finds it no more"
)
TABLE_REMOVED = Rule("table removed", Bump.MAJOR, "what reads the table fails")
FIELD_REMOVED = Rule("field removed", Bump.MAJOR, "what reads the field fails")
FIELD_ADDED = Rule("field added", Bump.MAJOR, "what expects the fields as they were finds one more")
REORDERED = Rule("fields re-ordered", Bump.MAJOR, "what reads fields by their place reads others")
TYPE = Rule("type or format changed", Bump.MAJOR, "the same text is read as another value, or not at all")
KEY = Rule("key changed", Bump.MAJOR, "rows are told apart, or point at each other, in another way")
STRICTER = Rule("constraint made stricter", Bump.MAJOR, "values that were valid are so no more")
REFERENCED = Rule("referenced rows removed", Bump.MAJOR, "what refers to them, as other tables did, leads nowhere")
TABLE_ADDED = Rule("table added", Bump.MINOR, "there is more than before, and all else is as it was")
ROWS_ADDED = Rule("rows added", Bump.MINOR, "there is more than before, and all else is as it was")
ROWS_REMOVED = Rule("rows removed", Bump.MINOR, "no other table referred to them, but the data are others")
LOOSER = Rule("constraint loosened", Bump.MINOR, "values are valid that were not before")
REFERENCE = Rule("reference added", Bump.MINOR, "rows point at rows of another table")
CORRECTED = Rule("values corrected", Bump.PATCH, "rows, keys and fields are the same, values are better")
WORDS = Rule("words changed", Bump.PATCH, "what is said about the data changed, not the data")
FOLLOWS = Rule("follows from other tables", Bump.NONE, "the rows come from other tables, which are weighed")

# Roles of tables that tell of others, and weigh nothing by their own rows.
_TELLING = ("corrections", "tombstones")


def follows(resource: Resource) -> bool:
    """Whether the rows of a table only follow from, or tell of, those of others."""
    return bool(resource.generated) or resource.role in _TELLING
