"""Texts of items of CSL-JSON for programs: CSL-JSON itself, BibTeX, BibLaTeX and RIS.

Sources: CSL-JSON of CSL 1.0.2; the entry types and fields of BibTeX 0.99 and of the biblatex manual (3.20, section 2);
RIS as Reference Manager 2011 specified it, written by rispy.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from fmdata.references.bibtex import biblatex, bibtex
from fmdata.references.items import Item
from fmdata.references.ris import ris


def csl(items: Sequence[Item]) -> str:
    """The items as a CSL-JSON file."""
    return json.dumps(list(items), ensure_ascii=False, indent=2) + "\n"


FORMATS: Mapping[str, Callable[[Sequence[Item]], str]] = {
    "csl": csl,
    "bibtex": bibtex,
    "biblatex": biblatex,
    "ris": ris,
}
"""By its name, what makes the text of a format."""
