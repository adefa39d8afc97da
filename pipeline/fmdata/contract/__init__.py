"""The contract of what is published, read from a Data Package descriptor and never written twice."""

from fmdata.contract.load import load
from fmdata.contract.model import Field, ForeignKey, Package, Resource, View

__all__ = ["Field", "ForeignKey", "Package", "Resource", "View", "load"]
