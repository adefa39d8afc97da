"""What can go wrong, as data.

A *failure* is one thing wrong with the input: it is returned, collected and sorted, never raised on its own.
An *error* stops a run. Everything a user can cause is an `FmdataError`; any other exception is a defect of ours
and keeps its traceback.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

# A value is shown in messages up to so many characters.
LONGEST = 80


class Failure(NamedTuple):
    """One broken rule at one place.

    `file` is relative to the project's root, `line` the physical line in it (0: the file as a whole), `column` the
    1-based character in that line (0: unknown), `resource` and `field` the table and field, `rule` the rule's name,
    `found` what stands there, `expected` what should, `advice` what to do about it.
    """

    file: str
    line: int = 0
    column: int = 0
    resource: str = ""
    field: str = ""
    rule: str = ""
    found: str = ""
    expected: str = ""
    advice: str = ""

    def __str__(self) -> str:
        if not self.file:
            return self.found
        place = self.file + (f":{self.line}" if self.line else "") + (f":{self.column}" if self.column else "")
        subject = self.field or ""
        # An extract of the table's own name tells it, whatever form the file has.
        own = self.file.startswith("raw/") and f"/{self.resource}." in self.file
        if self.resource and not own and not self.file.endswith(".json"):
            subject = f"{subject} (table {self.resource})".strip()
        text = f"{place} {subject}: {self.found}" if subject else f"{place}: {self.found}"
        if self.expected:
            text += f"; expected {self.expected.removesuffix('.')}"
        return f"{text}. {self.advice}" if self.advice else f"{text}."


def quote(value: object) -> str:
    """A value as messages show it: in double quotes, control characters escaped, cut when long."""
    text = str(value).encode("unicode_escape").decode("ascii") if not str(value).isprintable() else str(value)
    return f'"{text[:LONGEST]}…"' if len(text) > LONGEST else f'"{text}"'


def lines(first: int | None, last: int | None) -> str:
    """Lines of a text as messages name them."""
    return f"line {first}" if first == last else f"lines {first} to {last}"


class FmdataError(Exception):
    """A run that cannot go on: the message says where, what was found, what was expected and what to do."""


class CheckError(FmdataError):
    """The input breaks rules. `failures` are sorted by file and line: all of them, or the first of those in `file`.

    `counts` are the numbers of all, by rule; `file`, a path from the root, is empty where `failures` are all.
    """

    def __init__(self, failures: list[Failure], counts: Counter[str] | None = None, file: str = "") -> None:
        self.failures = sorted(set(failures))
        self.counts = counts or Counter(failure.rule for failure in self.failures)
        self.file = file
        super().__init__("\n".join(map(str, self.failures)))


def raise_if(failures: list[Failure]) -> None:
    """Raise `CheckError` when there is at least one failure."""
    if failures:
        raise CheckError(failures)
