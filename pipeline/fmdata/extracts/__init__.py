"""What came in: which files there are, whether their bytes are sound, and their rows as text with file and line."""

from fmdata.extracts.discover import Extract, discover, manifest
from fmdata.extracts.gate import check_bytes
from fmdata.extracts.stage import stage, stage_empty

__all__ = ["Extract", "check_bytes", "discover", "manifest", "stage", "stage_empty"]
