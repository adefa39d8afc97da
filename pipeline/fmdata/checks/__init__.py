"""Whether typed rows keep the contract and the project's own rules."""

from fmdata.checks.keys import check_keys
from fmdata.checks.rows import check_rows
from fmdata.checks.rules import load_rules

__all__ = ["check_keys", "check_rows", "load_rules"]
