"""Which of several groups of rows contributed to an answer, told by answering again with some of them alone.

A group contributed if the answer is another without it; or if it adds a row that the answer has to what there is when
most groups are away: where two groups give the same row, and one is enough, both gave it. So a row that was filtered
out is no contribution, nor is the second largest value where the largest was asked for.

Source: Meliou, Gatterbauer, Moore, Suciu: The complexity of causality and responsibility for query answers and
non-answers (VLDB 2011): for queries that select, join and unite, what is found is an actual cause of a row. Missed are
those that only give a row together, when others give the same row: `(a and b) or (c and d)`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

EACH = 128
"""Up to so many groups each is tried by itself. Of more, those that change nothing together are passed over: they
contributed nothing, unless their values cancel each other in a sum."""
MOST = 2_000
"""How often an answer is asked for at most."""
Rows = Counter[str]
"""How often each row, named by a hash, is in an answer."""


class _Exhausted(Exception):
    """The answer was asked for as often as it may be."""


def contributing(
    groups: Sequence[str],
    without: Callable[[frozenset[str]], Rows],
    only: Callable[[frozenset[str]], Rows],
    most: int = MOST,
) -> tuple[set[str], bool]:
    """Those of the groups that contributed, and whether that is all.

    `without` is the answer from the rows that are in none of certain groups, `only` that from the rows of certain
    groups and of no group. They are asked for at most `most` times: thrice for each of up to `EACH` groups, and thrice
    more.
    """
    asked = _Asked(most)
    found: set[str] = set()
    try:
        full = asked.of(without, frozenset())
        _try(groups, lambda part: asked.of(without, part) != full, found)
        # Beside no other group, and beside those that are missed: a join may need them.
        for beside in dict.fromkeys((frozenset[str](), frozenset(found))):
            if rest := [group for group in groups if group not in found]:
                least = asked.of(only, beside)
                _try(rest, partial(asked.adds, only, beside, least, full), found)
    except _Exhausted:
        return found, False
    return found, True


class _Asked:
    """How often an answer can still be asked for."""

    def __init__(self, most: int) -> None:
        self._left = most

    def of(self, answer: Callable[[frozenset[str]], Rows], groups: frozenset[str]) -> Rows:
        if not self._left:
            raise _Exhausted
        self._left -= 1
        return answer(groups)

    def adds(
        self,
        only: Callable[[frozenset[str]], Rows],
        beside: frozenset[str],
        least: Rows,
        full: Rows,
        part: frozenset[str],
    ) -> bool:
        """Whether a part of the groups adds a row of the full answer to the least, which is that of those `beside`."""
        return bool((self.of(only, beside | part) - least) & full)


def _try(groups: Sequence[str], told: Callable[[frozenset[str]], bool], found: set[str]) -> None:
    """Add to `found` the groups of which something is `told`; of many, parts of which nothing is are passed over."""
    if len(groups) <= EACH:
        found.update(group for group in groups if told(frozenset({group})))
        return
    half = len(groups) // 2
    for part in (groups[:half], groups[half:]):
        if told(frozenset(part)):
            _try(part, told, found)
