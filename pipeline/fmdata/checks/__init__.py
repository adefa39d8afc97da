"""Whether typed rows keep the contract and the project's own rules."""

from fmdata.checks.anchors import check_anchors, identity, row_hash, without_echo
from fmdata.checks.keys import KeyQuestion, check_keys, key_questions
from fmdata.checks.ledger import bibliographic_lines, check_ledger, with_hashes
from fmdata.checks.makers import numbered_without_gap, same_source, status_agrees
from fmdata.checks.passing import REFERENCED, PassingKeys
from fmdata.checks.rows import BATCH, Place, RowChecks, as_they_are, check_rows
from fmdata.checks.rules import Rules, load_rules, row_rule, table_rule

__all__ = [
    "BATCH",
    "REFERENCED",
    "KeyQuestion",
    "PassingKeys",
    "Place",
    "RowChecks",
    "Rules",
    "as_they_are",
    "bibliographic_lines",
    "check_anchors",
    "check_keys",
    "check_ledger",
    "check_rows",
    "identity",
    "key_questions",
    "load_rules",
    "numbered_without_gap",
    "row_hash",
    "row_rule",
    "same_source",
    "status_agrees",
    "table_rule",
    "with_hashes",
    "without_echo",
]
