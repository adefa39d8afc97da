"""Asking frictionless for its report of a package, with each table opened no oftener than need be."""

from __future__ import annotations

from typing import Any, cast

from frictionless import FrictionlessException, Package, Report, Resource


class _Referenced:
    """A table that foreign keys refer to, read once: of each row the fields that any of them names.

    It has what the framework asks of the copy of a resource that it looks foreign keys up in.
    """

    def __init__(self, resource: Resource, fields: set[str]) -> None:
        self.schema = resource.schema.to_copy()
        self.schema.foreign_keys = []
        copy = resource.to_copy(schema=self.schema)
        with copy:
            self.row_stream = [{field: row.get(field) for field in fields} for row in copy.row_stream]

    def to_copy(self) -> _Referenced:
        return self

    def __enter__(self) -> _Referenced:
        return self

    def __exit__(self, *_: object) -> None:
        """It is kept for the next foreign key."""


class _ReadOnce(Package):  # type: ignore[misc]  # the framework is not typed
    """A package whose tables are opened once for all the foreign keys that refer to them.

    The framework opens one again for each of those: that took more than half of its time on tables of a few rows.
    """

    @classmethod
    def metadata_select_class(cls, type: str | None) -> type[Package]:
        return cls

    def get_resource(self, name: str) -> Resource:
        kept: dict[str, _Referenced] = self.__dict__.setdefault("_kept", {})
        if name not in kept:
            kept[name] = _Referenced(super().get_resource(name), self._referenced(name))
        return cast(Resource, kept[name])

    def _referenced(self, name: str) -> set[str]:
        keys = [key["reference"] for resource in self.resources for key in resource.schema.foreign_keys]
        return {field for reference in keys if reference["resource"] == name for field in reference["fields"]}


def validate(descriptor: str) -> dict[str, Any]:
    """The framework's report of the package that a descriptor describes: that of `frictionless.validate`."""
    report: Report
    try:
        package = _ReadOnce.from_descriptor(descriptor)
    except FrictionlessException as error:
        report = Report.from_validation(errors=error.to_errors())
    else:
        report = package.validate()
    return cast("dict[str, Any]", report.to_descriptor())
