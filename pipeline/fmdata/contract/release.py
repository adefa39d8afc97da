"""What the descriptor of a release has that the contract of its project has not, and the other way round."""

from __future__ import annotations

from typing import Any

# What the writer of a release adds to the package and to each resource.
ADDED_TO_PACKAGE = frozenset({"contentHash", "doi", "releases"})
ADDED_TO_RESOURCE = frozenset({"bytes", "hash", "rowCount", "parquet"})
# What a field says for builds, of which only a part is published.
_LINEAGE = frozenset({"derivation", "asWritten", "passage", "bibliographic"})


def without_added(descriptor: dict[str, Any]) -> dict[str, Any]:
    """A release's descriptor as a contract to be looked through: what is not as descriptors are stays as it is."""
    found = {word: value for word, value in descriptor.items() if word not in ADDED_TO_PACKAGE}
    if isinstance(found.get("resources"), list):
        found["resources"] = [_resource(resource) for resource in found["resources"]]
    return found


def _resource(resource: Any) -> Any:
    if not isinstance(resource, dict):
        return resource
    found = {word: value for word, value in resource.items() if word not in ADDED_TO_RESOURCE}
    schema = found.get("schema")
    if isinstance(schema, dict) and isinstance(schema.get("fields"), list):
        found["schema"] = {**schema, "fields": [_field(field) for field in schema["fields"]]}
    return found


def _field(field: Any) -> Any:
    return {w: value for w, value in field.items() if w not in _LINEAGE} if isinstance(field, dict) else field
