"""Reads a file of mappings with sssom's own parser: python read_sssom.py FILE. Prints set and rows as JSON.

The parser drops what it does not know, and says nothing of it: hence the rows, to be counted.
"""

from __future__ import annotations

import json
import sys

from sssom.parsers import parse_sssom_table

read = parse_sssom_table(sys.argv[1])
told = {"metadata": read.metadata, "prefixes": dict(read.prefix_map), "rows": read.df.fillna("").to_dict("records")}
json.dump(told, sys.stdout, ensure_ascii=False, default=str)
