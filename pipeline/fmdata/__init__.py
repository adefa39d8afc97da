"""fmdata: curated CSV extracts in; a checked, citable, queryable data release out."""

__version__ = "0.1.0"
