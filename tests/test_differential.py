"""Verdicts are proved: random contracts and rows are judged alike by the engine, by plain SQL and by frictionless.

`differential.oracle` says what is demanded beyond the specification, and which verdict goes before which;
`differential.differences` where frictionless is known to judge otherwise. `make test` runs the same examples each time;
`make test-more` runs others, and names the seed, which FMDATA_SEED repeats.
"""

from __future__ import annotations

import os
import random
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

from differential import oracle, ours, outsider
from differential.case import Case, Schema, Verdicts, one
from differential.differences import DIFFERENCES, Difference, seen
from differential.grids import GRIDS, grid
from differential.judged import JUDGED
from differential.scope import compared, readable, shared
from differential.strategies import cases

# It would keep notes of its own in the folder that pytest is called from.
set_hypothesis_home_dir(Path(tempfile.gettempdir(), "fmdata-hypothesis"))
# Every rule of the contract; those that frictionless knows too.
RULES = {
    "type", "required", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength",
    "pattern", "enum", "unique", "primary key", "foreign key", "blank row", "missing columns", "too many columns",
}  # fmt: skip
# What a few examples do not leave out ("": a sound case); cases judged by hand have each rule.
COMMON = {"", "type", "required", "enum", "unique", "primary key", "foreign key"}
OURS = {"formula", "missing value", "control character", "NFC", "NUL", "line ends"}
Agreement = Callable[[Case], Verdicts]


def fixed(examples: int) -> settings:
    """The same examples each time, kept nowhere."""
    return settings(
        max_examples=examples, derandomize=True, deadline=None, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )  # fmt: skip


def other(examples: int) -> settings:
    """Other examples each time."""
    return settings(fixed(examples), derandomize=False)


def with_both(case: Case) -> Verdicts:
    """Demand of the engine what SQL says, and frictionless where it is right; returns what SQL says."""
    verdicts, same = with_sql(case), shared(case)
    with_frictionless(same, verdicts if same == case else None)
    return verdicts


def with_sql(case: Case) -> Verdicts:
    """Demand of the engine what SQL says; returns it."""
    verdicts = ours.judge(case)
    assert verdicts == oracle.judge(case)
    return verdicts


def with_frictionless(case: Case, known: Verdicts | None = None) -> Verdicts:
    """Demand that frictionless says the same as the engine where it is right; returns what both say there.

    `known` are the engine's verdicts, if it has judged the case before.
    """
    if not readable(case):
        return Counter()
    verdicts, theirs = ours.judge(case) if known is None else known, outsider.judge(case)
    mine = compared(case, verdicts, verdicts)
    assert mine == compared(case, theirs, verdicts)
    return Counter(mine)


def told(agreement: Agreement, drawn: st.SearchStrategy[Case], profile: settings, start: int = 0) -> Counter[str]:
    """Put every case that is drawn to the judges; returns how often they told each rule, and "" for sound cases."""
    found: Counter[str] = Counter()

    @profile
    @given(drawn)
    def agree(case: Case) -> None:
        verdicts = agreement(case)
        found.update([verdict[3] for verdict in verdicts.elements()] or [""])

    (seed(start)(agree) if start else agree)()
    return found


def test_the_engine_and_sql_say_the_same() -> None:
    assert told(with_sql, cases(), fixed(40)).keys() >= COMMON


def test_the_engine_and_frictionless_say_the_same() -> None:
    assert told(with_frictionless, cases().map(shared), fixed(25)).keys() >= {"", "type", "required"}


@pytest.mark.parametrize(("kind", "number"), GRIDS)
def test_every_text_is_judged_alike_in_every_kind_of_field(kind: str, number: int) -> None:
    with_both(grid(kind, number))


def test_rows_in_batches_are_judged_as_rows_at_once() -> None:
    """Whatever the size of a batch, and wherever its border falls."""
    batches: Counter[int] = Counter()

    def in_batches(case: Case) -> Verdicts:
        size = 1 + len(repr(case)) % 3
        batches[size] += 1
        verdicts = ours.judge(case, batch=size)
        assert verdicts == oracle.judge(case)
        return verdicts

    assert told(in_batches, cases(rows=14), fixed(8)).keys() >= COMMON - {""}
    assert batches.keys() == {1, 2, 3}


@pytest.mark.parametrize("name", JUDGED)
def test_what_goes_before_what(name: str) -> None:
    case, verdicts = JUDGED[name]
    assert sorted(with_both(case).elements()) == sorted(verdicts)


def test_every_rule_is_judged_by_hand() -> None:
    assert {rule for _, verdicts in JUDGED.values() for *_, rule in verdicts} == RULES | OURS


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda difference: difference.name)
def test_a_known_difference_of_frictionless_is_one(difference: Difference) -> None:
    assert difference.ours != difference.theirs
    for judge, refuses, expected in (
        (ours.judge, ours.RefusedError, difference.ours),
        (outsider.judge, outsider.RefusedError, difference.theirs),
    ):
        if expected is None:
            with pytest.raises(refuses):
                judge(difference.example)
        else:
            assert seen(judge(difference.example)) == sorted(expected)


def test_a_text_for_both_true_and_false_is_refused() -> None:
    """trueValues without falseValues: the usual texts for false still mean it."""
    fields: list[Schema] = [{"name": "id", "type": "string"}, {"name": "v", "type": "boolean", "trueValues": ["0"]}]
    with pytest.raises(ours.RefusedError):
        ours.judge(one(fields, [["a", "0"]]))


@pytest.mark.parametrize("name", ["a sound table", "types, constraints and keys are told together"])
def test_a_check_says_what_the_judge_says_for_it(name: str) -> None:
    """Cases are judged without making a release, which costs more; a build says the same."""
    case, verdicts = JUDGED[name]
    assert sorted(ours.judge_whole(case).elements()) == verdicts


@pytest.mark.heavy
def test_other_examples_are_judged_alike(tell: Callable[[str], None]) -> None:
    start = int(os.environ.get("FMDATA_SEED") or random.randrange(1, 2**32))
    tell(f"differential: FMDATA_SEED={start} repeats these examples")
    print(f"FMDATA_SEED={start}")
    assert told(with_sql, cases(rows=14), other(500), start).keys() >= RULES
    assert told(with_frictionless, cases().map(shared), other(400), start).keys() >= COMMON
