"""Which groups of rows contributed: on answers that are worked out by hand from which groups are there."""

from __future__ import annotations

from collections import Counter
from itertools import chain, combinations

import pytest

from fmdata.references.contribution import EACH, contributing


def told(rows, answer):
    """What contributed to the `answer` of the values of the groups that are there."""
    asked = []

    def of(there):
        asked.append(there)
        values = [value for group in rows if group in there for value in rows[group]]
        return Counter(map(str, answer(values)))

    found, complete = contributing(list(rows), lambda gone: of(rows.keys() - gone), of)
    assert complete and len(asked) <= 3 * len(rows) + 3
    return found


def distinct(values):
    return sorted(set(values))


@pytest.mark.parametrize(
    ("rows", "answer", "expected"),
    [
        ({"a": [1], "b": [2], "c": []}, sorted, "ab"),
        ({"a": [1], "b": [1], "c": [2]}, distinct, "abc"),
        # One of several that alone gives two of the rows, and others that give one each.
        ({"a": [1, 2], "b": [1], "c": [2], "d": [3]}, distinct, "abcd"),
        # What the others have all the same, and more, is no less a contribution; what is filtered out is none.
        ({"a": [1, 2, 3], "b": [2], "c": [9]}, lambda values: distinct(v for v in values if v < 5), "ab"),
        ({"a": [7], "b": [5], "c": [6]}, lambda values: [max(values, default=None)], "a"),
        ({"a": [7], "b": [7], "c": [6]}, lambda values: [max(values, default=None)], "ab"),
        ({"a": [7, 3], "b": [5], "c": [7]}, lambda values: sorted(values)[-2:], "ac"),
        ({"a": [5], "b": [-5], "c": [0]}, lambda values: [sum(values)], "ab"),
        ({"a": [1], "b": [1], "c": []}, lambda values: [len(values)], "ab"),
        ({"a": [1], "b": [2]}, lambda values: ["always"], ""),
        # Both are needed for one row, and nothing stands for them.
        ({"a": [1], "b": [2], "c": [3]}, lambda values: [{1, 2} <= set(values)], "ab"),
        # One needs another that is missed anyway, and a third stands for it: a join of which one side is the same.
        ({"a": [1], "b": [2], "c": [2]}, lambda values: ["row"] if {1, 2} <= set(values) else [], "abc"),
        ({}, sorted, ""),
    ],
)
def test_what_contributed(rows, answer, expected):
    assert told(rows, answer) == set(expected)


def causes(rows, answer):
    """The definition itself: of a row that the answer has, without some others still, and not without the group too."""

    def of(gone):
        return set(answer([value for group, values in rows.items() if group not in gone for value in values]))

    found = set()
    for group in rows:
        others = [other for other in rows if other != group]
        for gone in chain.from_iterable(combinations(others, size) for size in range(len(others) + 1)):
            if (of(gone) - of((*gone, group))) & of(()):
                found.add(group)
    return found


def test_distinct_rows_are_told_as_the_definition_tells_them():
    """Every way in which four groups can hold two rows or none of them."""
    held = ([], [1], [2], [1, 2])
    for a in held:
        for b in held:
            for c in held:
                for d in held:
                    rows = {"a": a, "b": b, "c": c, "d": d}
                    assert told(rows, distinct) == causes(rows, distinct), rows


def test_several_that_only_together_stand_for_others_are_missed():
    """What is told of in the docs, so that nobody takes it for more."""
    rows = {"a": [1], "b": [2], "c": [3], "d": [4], "e": [5]}

    def answer(values):
        together = {1, 2} <= set(values) or {3, 4} <= set(values)
        return ["row"] * together + [value for value in values if value == 5]

    assert told(rows, answer) == {"e"} and causes(rows, answer) == set("abcde")


def test_of_many_most_are_passed_over_together():
    rows = {f"g{number:05}": [number] for number in range(10_000)}
    asked = []

    def of(there):
        asked.append(there)
        return Counter(str(value) for group in ("g00007", "g09000") if group in there for value in rows[group])

    assert contributing(list(rows), lambda gone: of(rows.keys() - gone), of) == ({"g00007", "g09000"}, True)
    assert len(asked) < 2 * EACH + 40


def test_what_cannot_be_asked_for_is_not_taken_for_complete():
    groups = [f"g{number}" for number in range(50)]
    found, complete = contributing(groups, lambda gone: Counter(set(groups) - gone), Counter, most=20)
    assert not complete and found == set(groups[:19])
