"""Cases in which every text stands in every kind of field: what random rows may miss, once and for all."""

from __future__ import annotations

from collections.abc import Iterator

from differential.case import Case, Schema, one
from differential.strategies import GARBAGE, KINDS, LIMITS, OPTIONS, ORDERED, PATTERNS, VALUES

# Just inside and just outside of what a type or a limit takes.
BORDERS = [
    "1,0,0", "12.345,5", "12,345.5", "2,5", ",5", "29/02/2024", "29/02/1900", "1/1/2024", "01/01/0001", "+07", "-01",
    "3", "6", "8", "2.49", "2.51", "999", "1001", "99", "02024", "123456789012345", "1234567890123456", "1e308",
    "1e309", "-1e309", "0.1e1", "2.5e-3", "2024-04-31", "2024-13-01", "2024-00-10", "2024-01-00", "1999-11",
    "2000-01", "2024-13", "bb", "abb", "b\n", "aa", "abc", "a\nc", "ü1", "日本語", "23:59:60", "12:60:00",
    "13:45:00.1234567", "13:44:59", "2024-02-29T25:00:00", "2024-02-29T13:45:01", "2000-01-01T00:00:00.000001",
    "2024-02-29T13:45:00.1234567",
    "€ 5,5", "5 .", "-5 kg", "yes ", "True ", "tRUE",
]  # fmt: skip
GRIDS = [(kind, number) for kind in KINDS for number in range(1 + len(OPTIONS.get(kind, [])))]


def grid(kind: str, number: int) -> Case:
    """Every text as a field of the kind, without constraints and with each of them; `number` 1 and up: with options."""
    options = [{}, *OPTIONS.get(kind, [])][number]
    texts = list(dict.fromkeys([*VALUES[kind], *GARBAGE, *BORDERS]))
    fields = [{"name": f"v{n}", "type": kind, **options, **own} for n, own in enumerate(_constrained(kind, options))]
    if kind == "datetime":
        # frictionless fails on these beside limits: see the known differences.
        texts = [text for text in texts if not text.endswith("Z")]
    names = {"name": "id", "type": "string", "constraints": {"required": True}}
    return one([names, *fields], [[f"r{n}", *[text] * len(fields)] for n, text in enumerate(texts)])


def _constrained(kind: str, options: Schema) -> Iterator[Schema]:
    yield {}
    if options:
        return
    for limit in LIMITS.get(kind, [])[:4]:
        yield from ({"constraints": {rule: limit}} for rule in ORDERED)
    if kind in ("string", "any"):
        yield from ({"constraints": {rule: length}} for rule in ("minLength", "maxLength") for length in (0, 1, 3))
    if kind in ("string", "any", "yearmonth"):
        yield from ({"constraints": {"pattern": pattern}} for pattern in PATTERNS)
    yield {"constraints": {"enum": LIMITS.get(kind) or (["true"] if kind == "boolean" else VALUES[kind])}}
    yield {"constraints": {"unique": True}}
    yield {"missingValues": ["", "5", "7", "1000", "true", "0099", "2024-01-01", "00:00:00"]}
