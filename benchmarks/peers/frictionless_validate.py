"""`frictionless validate` of the extracts against the project's own contract, with a check of ours for the rule.

It is called as a library because its command cannot hold a check to one resource of a package; otherwise the command
does the same. Its own `row-constraint` evaluates a formula anew for each row, which doubles the time of everything, so
the rule is a check in Python. Foreign keys keep it to one process.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import attrs
from contract import project, tell
from frictionless import Check, Checklist, Error, Package, Row, errors

KINDS = {
    "type-error": "type",
    "primary-key": "primary key",
    "foreign-key": "foreign key",
    "row-constraint": "rule",
}
CONSTRAINTS = {"required": "required", "enum": "enum", "minimum": "range", "maximum": "range", "pattern": "pattern"}
# Without a dialect it would have to guess, and read the head of each file for it.
DIALECT = {"header": True, "delimiter": ",", "quoteChar": '"', "doubleQuote": True, "lineTerminator": "\n"}


@attrs.define(kw_only=True, repr=False)
class ReviewedHasValue(Check):
    """A row that is reviewed has a value."""

    type = "reviewed-has-value"
    Errors = [errors.RowConstraintError]  # noqa: RUF012

    def validate_row(self, row: Row) -> Iterator[Error]:
        """An error if the row is reviewed and has no value."""
        if row["reviewed"] and row["value"] is None:
            yield errors.RowConstraintError.from_row(row, note="a row that is reviewed has no value")


def main() -> None:
    """Check the project that the command line names."""
    records, _ = project()
    root = records.parent.parent
    descriptor = json.loads((root / "datapackage.json").read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        resource |= {"path": f"raw/{resource['name']}.csv", "type": "table", "encoding": "utf-8", "dialect": DIALECT}
    package = Package.from_descriptor(descriptor, basepath=str(root))
    found: Counter[str] = Counter()
    for name, checklist in (("groups", None), ("records", Checklist(checks=[ReviewedHasValue()]))):
        report = package.get_resource(name).validate(checklist, limit_errors=0)
        for kind, note in report.flatten(["type", "note"]):
            found[CONSTRAINTS[note.split('"')[1].split()[0]] if kind == "constraint-error" else KINDS[kind]] += 1
    tell(found)


if __name__ == "__main__":
    main()
