"""How each constraint of a contract is broken, and what is just inside it."""

from __future__ import annotations

import datetime
import re

NO_VALUES = {
    "integer": ["x", "1.5", "1,000", "9223372036854775808"],
    "number": ["x", "1,5", "NaN"],
    "boolean": ["maybe", "2"],
    "date": ["2024-02-30", "8 September 2024", "2024-9-8"],
    "year": ["24", "MMXXIV"],
    "uri": ["no address", "//example.org/x"],
}
FORMULAS = ["=1+1", "=1+1.", "=1+1 is what a cell would show.", "+1", "-1", "@x", "\tx"]
OTHER_FORMS = ["?", "x y", " x", "x ", "x\ny", "9", "Ä", "two words and a half: ", " and two more words, all.", "-"]


def beside(limit, step):
    """The value next to a limit, as text."""
    if isinstance(limit, str):
        return str(datetime.date.fromisoformat(limit) + datetime.timedelta(days=step))
    return str(limit + step)


def filled(length):
    """Texts of a length, whatever the field's pattern makes of them."""
    return ["x" * length, "x" * (length - 1) + "."] if length else [""]


def other_forms(pattern, real):
    """Texts that a pattern does not match, by Python's own reading of it."""
    tried = [*OTHER_FORMS, real.upper(), f"{real} ", f" {real}", f"{real}\n", f"{real}?", f"{real}."]
    return [text for text in tried if not re.fullmatch(pattern, text)]


# rule -> (parameter, real value) -> (texts that break it, texts that keep it)
WAYS = {
    "type": lambda kind, real: (NO_VALUES[kind], [real]),
    "formula": lambda _, real: (FORMULAS, [real]),
    "required": lambda _, real: (["", None], [real or "x"]),
    "minimum": lambda limit, _: ([beside(limit, -1)], [str(limit), beside(limit, 1)]),
    "maximum": lambda limit, _: ([beside(limit, 1)], [str(limit), beside(limit, -1)]),
    "exclusiveMinimum": lambda limit, _: ([str(limit), beside(limit, -1)], [beside(limit, 1)]),
    "exclusiveMaximum": lambda limit, _: ([str(limit), beside(limit, 1)], [beside(limit, -1)]),
    "minLength": lambda length, _: (filled(length - 1), filled(length)),
    "maxLength": lambda length, _: (filled(length + 1), filled(length)),
    "pattern": lambda pattern, real: (other_forms(pattern, real), [real]),
    "enum": lambda values, _: (["no such value", values[0].swapcase(), f"{values[0]} "], list(values)),
}

# Rows of tables that hold nothing yet, to break: texts, blank where nothing is said.
INVENTED = {
    "corrections": {
        "table_name": "claims", "row_key": "fm-is-autoimmune", "column_name": "modality", "wrong_value": "hedged",
        "right_value": "asserted", "reason": "Made up.", "evidence": "ref-01", "reported_on": "2026-01-31",
        "reported_by": "somebody", "reporter_role": "reader", "status": "rejected",
    },
    "tombstones": {
        "table_name": "claims", "row_key": "made-up", "fate": "merged", "merged_into": "fm-is-autoimmune",
        "since_version": "1.0.0", "reason": "Made up.",
    },
    "_changes": {
        "version": "1.0.1", "table_name": "claims", "row_key": "fm-is-autoimmune", "column_name": "modality",
        "change": "changed", "old_value": "hedged", "new_value": "asserted", "reason": "Made up.",
    },
}  # fmt: skip
