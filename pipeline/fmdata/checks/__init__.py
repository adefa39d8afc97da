"""Whether typed rows keep the contract and the project's own rules."""

from fmdata.checks.anchors import check_anchors, row_hash, without_measures
from fmdata.checks.keys import check_keys
from fmdata.checks.ledger import check_ledger
from fmdata.checks.makers import numbered_without_gap, status_agrees
from fmdata.checks.rows import check_rows
from fmdata.checks.rules import Rules, load_rules, row_rule

__all__ = [
    "Rules",
    "check_anchors",
    "check_keys",
    "check_ledger",
    "check_rows",
    "load_rules",
    "numbered_without_gap",
    "row_hash",
    "row_rule",
    "status_agrees",
    "without_measures",
]
