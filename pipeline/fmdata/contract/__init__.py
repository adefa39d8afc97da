"""The contract of what is published, read from a Data Package descriptor and never written twice."""

from fmdata.contract.load import has_manifest, load, load_published
from fmdata.contract.model import Field, ForeignKey, Limits, Package, Resource, View
from fmdata.contract.roles import Anchoring, Lineage, anchoring, lineage
from fmdata.contract.works import Works, works

__all__ = [
    "Anchoring",
    "Field",
    "ForeignKey",
    "Limits",
    "Lineage",
    "Package",
    "Resource",
    "View",
    "Works",
    "anchoring",
    "has_manifest",
    "lineage",
    "load",
    "load_published",
    "works",
]
