"""Whether typed rows keep the contract and the project's own rules."""

from fmdata.checks.keys import check_keys
from fmdata.checks.makers import numbered_without_gap, status_agrees
from fmdata.checks.rows import check_rows
from fmdata.checks.rules import Rules, load_rules, row_rule

__all__ = ["Rules", "check_keys", "check_rows", "load_rules", "numbered_without_gap", "row_rule", "status_agrees"]
