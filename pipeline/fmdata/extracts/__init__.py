"""What came in: which files there are, whether their bytes are sound, and their records."""

from fmdata.extracts.blocks import read_blocks
from fmdata.extracts.discover import RAW, Extract, discover, manifest
from fmdata.extracts.structure import check_structure
from fmdata.extracts.unpack import check_text, unpack

__all__ = ["RAW", "Extract", "check_structure", "check_text", "discover", "manifest", "read_blocks", "unpack"]
