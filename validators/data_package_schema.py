"""Holds the descriptor of a release against the JSON Schema of Data Package 2.0: python data_package_schema.py FOLDER.

The schema is the one that the package dplib-py carries. Exits with 1 and tells every fault.
"""

from __future__ import annotations

import json
import sys
from importlib.resources import files
from pathlib import Path

from jsonschema import Draft7Validator

schema = json.loads((files("dplib") / "profiles" / "2.0" / "datapackage.json").read_text(encoding="utf-8"))
descriptor = json.loads((Path(sys.argv[1]) / "datapackage.json").read_text(encoding="utf-8"))
faults = [f"{error.json_path}: {error.message}" for error in Draft7Validator(schema).iter_errors(descriptor)]
print("\n".join(faults) or "valid")
sys.exit(1 if faults else 0)
