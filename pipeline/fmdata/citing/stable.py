"""Whether a query gives the same whatever the order of the rows it reads: if not, nobody gets its answer again.

A released table is a set of rows. Whatever makes an answer depend on how they lie in a file, or on how the engine
shares its work between threads, shows when they are laid in other orders.
"""

from __future__ import annotations

import re

from fmdata.citing.sandbox import Examined, Result, Sandbox
from fmdata.citing.standins import REVERSED, shuffled
from fmdata.errors import FmdataError

# In how many orders beside that of the release and its reverse: of two rows that tie, the reverse picks the other one;
# of three, a shuffle misses that with a chance of one in three. What picks by order is tried more often.
_FEW, _MANY = 2, 8
_PICKS = {
    r"\blimit\b|\boffset\b|\bfetch\b": "LIMIT or OFFSET where the order leaves ties",
    r"\bdistinct on\b": "DISTINCT ON where the order leaves ties",
    r"\b(first|last|any_value|arbitrary|arg_min|arg_max|argmin|argmax|min_by|max_by|mode)\b": (
        "first(), any_value(), arg_max() and such where several rows would do"
    ),
    r"\b(list|array_agg|string_agg|group_concat|listagg|json_group_array|json_group_object|histogram)\b": (
        "list(), string_agg() and such without ORDER BY in them"
    ),
    r"\bover\b": "a window such as row_number() OVER, where its order leaves ties",
    r"\b(positional|asof)\b": "a join by the places of rows",
    r"\b(sum|avg|mean|fsum|favg|product|stddev\w*|var\w*|corr|covar\w*|regr\w*|kurtosis\w*|skewness|sem|geomean)\b": (
        "a sum or mean of floating-point numbers, whose last digits follow the order (use DECIMAL, or round)"
    ),
}


def stable(sandbox: Sandbox, asked: Examined, most: int) -> Result:
    """The answer of the query, if it is the same in every order; its rows are kept as `answer.answer` says.

    Raises `FmdataError` if it is not, and for a column without a name of its own.
    """
    found = sandbox.answer(threads=0, most=most)
    text = asked.normal.lower()
    likely = [words for pattern, words in _PICKS.items() if re.search(pattern, text)]
    for order in (REVERSED, *(shuffled(seed) for seed in range(_MANY if likely else _FEW))):
        if sandbox.answer(order).hash != found.hash:
            why = f" Likely it is {'; or '.join(likely)}." if likely else ""
            advice = "End each ORDER BY with the table's key, so that no two rows tie"
            other = "the query has no stable answer: with its rows in another order it gives another"
            raise FmdataError(f"{other}.{why} {advice}.")
    if found.unnamed:
        # The hash has the names of columns.
        raise FmdataError(found.unnamed)
    return found
