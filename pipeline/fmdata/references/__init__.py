"""What is cited, as items of CSL-JSON: the dataset, its parts, its cited works; their texts; who is to be credited."""

from fmdata.references.cited import reference_items, taken_items
from fmdata.references.formats import FORMATS
from fmdata.references.items import Item, dataset_item, query_item, row_item, source_items, table_item

__all__ = [
    "FORMATS",
    "Item",
    "dataset_item",
    "query_item",
    "reference_items",
    "row_item",
    "source_items",
    "table_item",
    "taken_items",
]
