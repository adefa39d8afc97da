"""Whether typed rows keep the contract and the project's own rules."""

from fmdata.checks.keys import check_keys
from fmdata.checks.rows import check_rows
from fmdata.checks.rules import Rules, load_rules

__all__ = ["Rules", "check_keys", "check_rows", "load_rules"]
