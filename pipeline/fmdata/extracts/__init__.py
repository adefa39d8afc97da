"""What came in: which files there are, whether their bytes are sound, and their records."""

from fmdata.extracts.blocks import Part, read_blocks
from fmdata.extracts.discover import RAW, Extract, discover, manifest
from fmdata.extracts.gate import check_bytes
from fmdata.extracts.structure import check_structure

__all__ = [
    "MAX_RECORD",
    "RAW",
    "Extract",
    "Part",
    "check_bytes",
    "check_structure",
    "discover",
    "manifest",
    "read_blocks",
]
